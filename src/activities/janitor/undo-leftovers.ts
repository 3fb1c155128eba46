import { LOCK_ANNOTATION } from '../../domain/cluster/annotations.ts';
import { toBudgetName } from '../../domain/budgets/covering.ts';
import type { NodeFacts } from '../../domain/cluster/facts.ts';
import type { Leftover, LeftoverTarget } from '../../domain/janitor/leftover.ts';
import { planUncordon } from '../../domain/node/cordon-plan.ts';
import type { NodeRestorePlan } from '../../domain/node/node-change.ts';
import { readLockHolder, type LockHolder } from '../../domain/node/lock.ts';
import { describeTaintRemoval, planWaitingTaintRemoval } from '../../domain/node/waiting-taint.ts';
import type { UndoReport } from '../../domain/run/report.ts';
import { DecommissionFailure, FailureType } from '../../domain/run/failures.ts';
import { toDeploymentName } from '../../domain/surge/surge-label.ts';
import type { Cluster } from '../../ports/cluster.ts';
import { isClusterFailure } from '../../ports/cluster-failure.ts';
import { releaseBudget } from '../budgets/release-budgets.ts';
import { uncordon } from '../node/cordon-node.ts';
import { removeWaitingTaint } from '../node/mark-node-waiting.ts';
import { releaseLock } from '../node/node-lock.ts';
import { releaseSurge } from '../surge/release-surges.ts';

/** What became of one leftover. */
export interface LeftoverUndo extends UndoReport, Pick<Leftover, 'kind' | 'object' | 'taskId'> {
  /** It is still there, and only an operator can remove it. A change of another client, which wins, does not count. */
  readonly remains: boolean;
}

export interface UndoConditions {
  /** An operator has confirmed that no Temporal runs the tasks that are `unknown`. */
  readonly includesUnknown: boolean;
  /** Waits this many milliseconds. */
  readonly pause: (milliseconds: number) => Promise<unknown>;
}

/** The controller needs a moment to remove a second replica. */
const SURGE_MILLISECONDS = 120_000;

/** As a task undoes its own changes; the lock, which other tasks wait for and which names the task, last. */
const ORDER: readonly Leftover['kind'][] = ['secondReplica', 'marks', 'taint', 'budget', 'lock', 'host'];

/**
 * Undoes what ended tasks have left, under the conditions under which a task undoes it: UID, owner annotation and the written value are
 * still what the task left. Leaves alone what is past a point of no return, what another run works on by now, and the lock of a task of
 * which something else could not be undone. One result for each leftover, in the order of the work; a failure does not stop the others.
 * Safe to repeat.
 */
export const undoLeftovers = async (
  cluster: Cluster,
  leftovers: readonly Leftover[],
  conditions: UndoConditions,
): Promise<readonly LeftoverUndo[]> => {
  const ordered = ORDER.flatMap((kind) => leftovers.filter((leftover) => leftover.kind === kind));
  const results: LeftoverUndo[] = [];
  for (const leftover of ordered) {
    const { kind, object, taskId } = leftover;
    const refusal = findRefusal(leftover, conditions, results);
    const report = refusal ?? (await tryUndo(cluster, leftover, leftovers, conditions));
    const remains = refusal !== undefined || report.status === 'Failed';
    results.push({ kind, object, ...(taskId === undefined ? {} : { taskId }), ...report, remains });
  }
  return results;
};

/** The result of a leftover that must be left alone; undefined: it can be undone. */
const findRefusal = (
  leftover: Leftover,
  { includesUnknown }: UndoConditions,
  earlier: readonly LeftoverUndo[],
): UndoReport | undefined => {
  const { commands } = leftover;
  const message = whyLeftAlone(leftover, includesUnknown, earlier);
  return message === undefined ? undefined : { action: describe(leftover), status: 'Kept', message, commands };
};

const whyLeftAlone = (
  { kind, task, taskId, stays, target }: Leftover,
  includesUnknown: boolean,
  earlier: readonly LeftoverUndo[],
): string | undefined => {
  if (stays !== undefined) return stays;
  if (target.kind === 'Host') return 'a host is only read, never changed';
  if (kind === 'lock' && readHolder(target) === undefined) return 'it cannot be read, so it is unknown who wrote it';
  if (task === 'unknown' && !includesUnknown) return UNKNOWN_TASK;
  if (taskId === undefined) return 'unknown which task wrote it';
  const isIncomplete = earlier.some((each) => each.taskId === taskId && each.status === 'Failed');
  return kind === 'lock' && isIncomplete ? 'not before the rest of its task is undone' : undefined;
};

const UNKNOWN_TASK =
  'unknown whether its task still runs. Make sure that no Temporal runs it, then repeat with `--include-unknown`.';

const readHolder = (target: LeftoverTarget): LockHolder | undefined =>
  target.kind === 'Node' ? readLockHolder(target.lock) : undefined;

const tryUndo = async (
  cluster: Cluster,
  leftover: Leftover,
  all: readonly Leftover[],
  conditions: UndoConditions,
): Promise<UndoReport> => {
  try {
    return await undoOne(cluster, leftover, all, conditions);
  } catch (error) {
    if (!isClusterFailure(error) && !(error instanceof DecommissionFailure)) throw error;
    return { action: describe(leftover), status: 'Failed', message: error.message, commands: leftover.commands };
  }
};

const undoOne = async (
  cluster: Cluster,
  leftover: Leftover,
  all: readonly Leftover[],
  { pause }: UndoConditions,
): Promise<UndoReport> => {
  const { target, taskId = '' } = leftover;
  if (target.kind === 'Host') throw new Error('a host is never changed');
  if (target.kind === 'Node') return await undoOnNode(cluster, leftover, target);
  if (await isTakenOver(cluster, taskId, all)) {
    return { action: describe(leftover), status: 'Kept', message: 'another run of its task works with it by now' };
  }
  if (target.kind === 'PodDisruptionBudget') return await releaseBudget(cluster, target, taskId);
  return await releaseSurge(cluster, target, taskId, withDeadline(pause));
};

type NodeToRestore = Extract<LeftoverTarget, { kind: 'Node' }>;

const undoOnNode = async (
  cluster: Cluster,
  { kind, taskId = '' }: Leftover,
  target: NodeToRestore,
): Promise<UndoReport> => {
  const holder = readHolder(target);
  if (kind === 'lock' && holder !== undefined)
    return await releaseLock(cluster, target, holder, ({ kind }) => kind === 'ours');
  const planRestore = (plan: (node: NodeFacts, taskId: string) => NodeRestorePlan) => (node: NodeFacts) => {
    const why = findTakeover(node, target);
    return why === undefined ? plan(node, taskId) : { change: 'nothing' as const, notes: [why] };
  };
  if (kind === 'taint') return await removeWaitingTaint(cluster, target, planRestore(planWaitingTaintRemoval));
  return await uncordon(cluster, target, planRestore(planUncordon));
};

/** What has happened to the Node since it was listed; undefined: nothing. `planUncordon` checks its record of a point of no return. */
const findTakeover = ({ annotations, deleting }: NodeFacts, { lock }: NodeToRestore): string | undefined => {
  if (annotations[LOCK_ANNOTATION] !== lock) return 'another run has locked the node since';
  return deleting ? 'the node is being deleted' : undefined;
};

/** A new run of the same request locks all its nodes before it uses what the earlier one has left: one of them is enough. */
const isTakenOver = async (cluster: Cluster, taskId: string, all: readonly Leftover[]): Promise<boolean> => {
  const locked = all.find(({ kind, ...leftover }) => kind === 'lock' && leftover.taskId === taskId)?.target;
  if (locked?.kind !== 'Node') return false;
  const node = await cluster.readNode(locked.nodeName);
  return node?.uid === locked.nodeUid && node.annotations[LOCK_ANNOTATION] !== locked.lock;
};

const withDeadline = (pause: UndoConditions['pause']): UndoConditions['pause'] => {
  let waited = 0;
  return async (milliseconds) => {
    waited += milliseconds;
    if (waited > SURGE_MILLISECONDS) {
      throw new DecommissionFailure(
        FailureType.ClusterUnavailable,
        `the controller did not remove the second replica within ${SURGE_MILLISECONDS / 1000} s`,
      );
    }
    await pause(milliseconds);
  };
};

/** As the undo of a task names it. */
const describe = ({ kind, target }: Leftover): string => {
  switch (target.kind) {
    case 'Node':
      if (kind === 'taint') return describeTaintRemoval(target.nodeName);
      return kind === 'lock' ? `release the lock on node ${target.nodeName}` : `uncordon node ${target.nodeName}`;
    case 'PodDisruptionBudget':
      return `release budget ${toBudgetName(target)}`;
    case 'Deployment':
      return `scale ${toDeploymentName(target)} back to one replica`;
    case 'Host':
      return `clean the host of node ${target.nodeName}`;
  }
};

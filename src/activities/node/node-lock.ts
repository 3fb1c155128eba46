import { DecommissionFailure, FailureType } from '../../domain/run/failures.ts';
import { judgeNodeLock, type NodeLockJudgement, toLockText, type LockHolder } from '../../domain/node/lock.ts';
import { LOCK_ANNOTATION } from '../../domain/cluster/annotations.ts';
import { toUnlockCommand } from '../../domain/node/repair-commands.ts';
import type { UndoReport } from '../../domain/run/report.ts';
import type { NodeLockState } from '../../domain/preflight/facts.ts';
import type { TaskContext } from '../../domain/run/context.ts';
import type { NodeTarget } from '../../domain/node/node-target.ts';
import type { WorkflowDirectory } from '../../ports/workflow-directory.ts';
import type { ActivityDependencies } from '../support/activity-dependencies.ts';
import { changeNode } from './change-node.ts';
import { openVerifiedCluster } from '../support/open-verified-cluster.ts';

/** One sentence naming the holder of a lock. */
export const describeHolder = (holder: LockHolder): string =>
  `task ${holder.taskId} (workflow ${holder.workflowId}, run ${holder.firstExecutionRunId}, Temporal namespace ${holder.temporalNamespace}) since ${holder.since}`;

/** Whether a held lock may be taken over: only when its own Temporal says that the workflow is closed. */
export const canTakeLock = async (directory: WorkflowDirectory, judgement: NodeLockJudgement): Promise<boolean> => {
  if (judgement.kind === 'free' || judgement.kind === 'ours') return true;
  return judgement.kind === 'held' && (await directory.readHolderState(judgement.holder)) === 'closed';
};

/**
 * A lock as preflight judges it. `readHolderState` asks the Temporal that the lock names whether the holder's workflow still runs; without
 * it the answer is `unknown`, which counts as running.
 */
export const toLockState = async (
  judgement: NodeLockJudgement,
  readHolderState: WorkflowDirectory['readHolderState'] = () => Promise.resolve('unknown'),
): Promise<NodeLockState> => {
  if (judgement.kind === 'free' || judgement.kind === 'ours') return { kind: judgement.kind };
  if (judgement.kind === 'unreadable') {
    return { kind: 'foreign', holder: 'a text that cannot be read', takeover: 'unknown' };
  }
  const { holder } = judgement;
  return { kind: 'foreign', holder: describeHolder(holder), takeover: await readHolderState(holder) };
};

/**
 * Writes our lock onto the Node, or finds it there. The write carries the resourceVersion, so two tasks cannot both win.
 * Throws `NodeBusy` (somebody else's lock) and `NodeChanged` (no such Node any more), neither retryable.
 */
export const acquireNodeLock =
  (dependencies: ActivityDependencies) =>
  async (context: TaskContext, target: NodeTarget): Promise<void> => {
    const cluster = await openVerifiedCluster(dependencies, context);
    await changeNode(cluster, target, async (node) => {
      if (!node) throw nodeChanged(target);
      const judgement = judgeNodeLock(node.annotations[LOCK_ANNOTATION], context.holder);
      if (judgement.kind === 'ours') return 'nothing';
      if (await canTakeLock(dependencies.directory, judgement)) {
        return { annotations: { [LOCK_ANNOTATION]: toLockText(context.holder) } };
      }
      throw new DecommissionFailure(
        FailureType.NodeBusy,
        describeBusyNode(target.nodeName, context.cluster, judgement),
      );
    });
  };

/** Takes our lock off the Node; somebody else's stays. */
export const releaseNodeLock =
  (dependencies: ActivityDependencies) =>
  async (context: TaskContext, target: NodeTarget): Promise<UndoReport> => {
    const cluster = await openVerifiedCluster(dependencies, context);
    const action = `release the lock on node ${target.nodeName}`;
    const nothing: UndoReport = { action, status: 'NothingToDo', message: 'the Node is gone, or has no lock' };
    let report = nothing;
    await changeNode(cluster, target, (node) => {
      const judgement = judgeNodeLock(node?.annotations[LOCK_ANNOTATION], context.holder);
      if (judgement.kind === 'ours') {
        report = { action, status: 'Undone', message: 'lock released' };
        return { annotations: { [LOCK_ANNOTATION]: null } };
      }
      report =
        judgement.kind === 'free'
          ? nothing
          : { action, status: 'Kept', message: 'the lock belongs to somebody else now' };
      return 'nothing';
    });
    return report;
  };

const describeBusyNode = (nodeName: string, cluster: string, judgement: NodeLockJudgement): string => {
  const unlock = `run \`${toUnlockCommand(nodeName, cluster, '<why>')}\`.`;
  return judgement.kind === 'held'
    ? `node ${nodeName} is held by ${describeHolder(judgement.holder)}. Wait for it, cancel it, or, if you know that it is gone, ${unlock}`
    : `node ${nodeName} carries a lock annotation that cannot be read. Look at ${LOCK_ANNOTATION} on it, then ${unlock}`;
};

const nodeChanged = (target: NodeTarget): DecommissionFailure =>
  new DecommissionFailure(
    FailureType.NodeChanged,
    `node ${target.nodeName} with UID ${target.nodeUid} is not there any more: it was deleted, or made anew under the same name. Nothing more is done to it.`,
  );

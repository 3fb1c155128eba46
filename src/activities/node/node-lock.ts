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

/** Describes the holder of a lock. */
const describeHolder = (holder: LockHolder): string =>
  `task ${holder.taskId} (workflow ${holder.workflowId}, run ${holder.firstExecutionRunId}, Temporal namespace ${holder.temporalNamespace}) since ${holder.since}`;

/** Whether a held lock may be taken over: only when its own Temporal reports the workflow as closed. */
export const canTakeLock = async (directory: WorkflowDirectory, judgement: NodeLockJudgement): Promise<boolean> => {
  if (judgement.kind === 'free' || judgement.kind === 'ours') return true;
  return judgement.kind === 'held' && (await directory.readHolderState(judgement.holder)) === 'closed';
};

/**
 * A lock as preflight judges it. `readHolderState` queries the Temporal that the lock names for the state of the holder's workflow; without
 * it the state is `unknown`, which counts as running.
 */
export const toLockState = async (
  judgement: NodeLockJudgement,
  readHolderState: WorkflowDirectory['readHolderState'] = () => Promise.resolve('unknown'),
): Promise<NodeLockState> => {
  if (judgement.kind === 'free' || judgement.kind === 'ours') return { kind: judgement.kind };
  if (judgement.kind === 'unreadable') {
    return { kind: 'foreign', holder: 'an unreadable lock annotation', takeover: 'unknown' };
  }
  const { holder } = judgement;
  return { kind: 'foreign', holder: describeHolder(holder), takeover: await readHolderState(holder) };
};

/**
 * Writes this task's lock to the Node, or finds it there. The write has the resourceVersion as precondition, so two tasks cannot both
 * succeed.
 *
 * @throws DecommissionFailure `NodeBusy`, not retryable: another task holds the lock.
 * @throws DecommissionFailure `NodeChanged`, not retryable: the Node no longer exists.
 * @throws DecommissionFailure `ClusterMismatch`, retryable: see `openVerifiedCluster`.
 * @throws ClusterFailure
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

/**
 * Removes this task's lock from the Node; another task's lock stays.
 *
 * @throws DecommissionFailure `ClusterMismatch`, retryable: see `openVerifiedCluster`.
 * @throws ClusterFailure
 */
export const releaseNodeLock =
  (dependencies: ActivityDependencies) =>
  async (context: TaskContext, target: NodeTarget): Promise<UndoReport> => {
    const cluster = await openVerifiedCluster(dependencies, context);
    const action = `release the lock on node ${target.nodeName}`;
    const nothing: UndoReport = { action, status: 'NothingToDo', message: 'the Node no longer exists or has no lock' };
    let report = nothing;
    await changeNode(cluster, target, (node) => {
      const judgement = judgeNodeLock(node?.annotations[LOCK_ANNOTATION], context.holder);
      if (judgement.kind === 'ours') {
        report = { action, status: 'Undone', message: '' };
        return { annotations: { [LOCK_ANNOTATION]: null } };
      }
      report =
        judgement.kind === 'free'
          ? nothing
          : { action, status: 'Kept', message: 'the lock is no longer held by this task' };
      return 'nothing';
    });
    return report;
  };

const describeBusyNode = (nodeName: string, cluster: string, judgement: NodeLockJudgement): string => {
  const unlock = `run \`${toUnlockCommand(nodeName, cluster, '<why>')}\`.`;
  return judgement.kind === 'held'
    ? `node ${nodeName} is held by ${describeHolder(judgement.holder)}. Wait for that task, cancel it, or, if it has ended, ${unlock}`
    : `node ${nodeName} has a lock annotation that cannot be read. Inspect ${LOCK_ANNOTATION} on the Node, then ${unlock}`;
};

const nodeChanged = (target: NodeTarget): DecommissionFailure =>
  new DecommissionFailure(
    FailureType.NodeChanged,
    `node ${target.nodeName} with UID ${target.nodeUid} no longer exists: it was deleted, or recreated under the same name. It is left untouched.`,
  );

import { DecommissionFailure, FailureType } from '../../domain/run/failures.ts';
import { judgeNodeLock, type NodeLockJudgement, toLockText, type LockHolder } from '../../domain/node/lock.ts';
import type { NodeFacts } from '../../domain/cluster/facts.ts';
import { LOCK_ANNOTATION } from '../../domain/cluster/annotations.ts';
import { describePassedPoint, readPassedPoint } from '../../domain/node/passed-point.ts';
import { isSameTask } from '../../domain/run/task-identity.ts';
import { toNodeWorkflowId } from '../../domain/run/workflow-ids.ts';
import { toUnlockCommand } from '../../domain/node/repair-commands.ts';
import type { UndoReport } from '../../domain/run/report.ts';
import type { NodeLockState } from '../../domain/preflight/facts.ts';
import type { TaskContext } from '../../domain/run/context.ts';
import type { NodeChange } from '../../domain/node/node-change.ts';
import type { NodeTarget } from '../../domain/node/node-target.ts';
import type { Cluster } from '../../ports/cluster.ts';
import type { HolderState, WorkflowDirectory } from '../../ports/workflow-directory.ts';
import type { ActivityDependencies } from '../support/activity-dependencies.ts';
import { changeNode, changeSeenNode } from './change-node.ts';
import { openVerifiedCluster, withProvenCluster } from '../support/open-verified-cluster.ts';

/** Describes the holder of a lock. */
const describeHolder = (holder: LockHolder): string =>
  `task ${holder.taskId} (workflow ${holder.workflowId}, run ${holder.firstExecutionRunId}, Temporal namespace ${holder.temporalNamespace}) since ${holder.since}`;

/** The task that wants the lock of a node. */
export type LockingTask = Pick<TaskContext, 'taskId' | 'cluster' | 'holder'> & {
  /** Of its request. */
  readonly fingerprint: string;
};

/**
 * Who holds the lock of a node. Adds to `judgeNodeLock` the state of the holder, whose task and node workflow both count. `adopted`: an
 * earlier run of the same task has left it on a node whose own workflow still runs, which this run waits for.
 */
export const readLockState = async (
  directory: WorkflowDirectory,
  judgement: NodeLockJudgement,
  nodeName: string,
  task: LockingTask,
): Promise<HolderState | 'free' | 'ours' | 'adopted' | 'unreadable'> => {
  if (judgement.kind !== 'held') return judgement.kind;
  const nodeWorkflowId = toNodeWorkflowId(task.cluster, nodeName);
  // A workflow without a task may have that id itself.
  const isSelf = nodeWorkflowId === task.holder.workflowId;
  const state = await directory.readHolderState(judgement.holder, isSelf ? undefined : nodeWorkflowId);
  if (state !== 'nodeOpen') return state;
  return (await isOfSameTask(directory, nodeWorkflowId, task)) ? 'adopted' : 'nodeOpen';
};

const isOfSameTask = async (
  directory: WorkflowDirectory,
  nodeWorkflowId: string,
  task: LockingTask,
): Promise<boolean> => {
  const workflow = await directory.readNodeWorkflow(nodeWorkflowId);
  return workflow.kind === 'open' && isSameTask(workflow.task, task);
};

/** A lock as preflight judges it. `state`: from `readLockState`; without Temporal it is `unknown`, which counts as running. */
export const toLockState = (
  judgement: NodeLockJudgement,
  nodeName: string,
  state: Awaited<ReturnType<typeof readLockState>> = 'unknown',
): NodeLockState => {
  if (judgement.kind === 'free' || judgement.kind === 'ours') return { kind: judgement.kind };
  if (judgement.kind === 'unreadable') {
    return { kind: 'foreign', holder: 'an unreadable lock annotation', takeover: 'unknown' };
  }
  const holder = describeHolder(judgement.holder);
  switch (state) {
    case 'adopted':
      return { kind: 'adopted' };
    case 'nodeOpen':
      return {
        kind: 'foreign',
        holder: `${holder}, which is closed while the workflow of node ${nodeName} still runs`,
        takeover: 'open',
      };
    case 'open':
    case 'closed':
      return { kind: 'foreign', holder, takeover: state };
    default:
      return { kind: 'foreign', holder, takeover: 'unknown' };
  }
};

/**
 * Writes this task's lock to the Node, or finds it there. The write has the resourceVersion as precondition, so two tasks cannot both
 * succeed. A lock is taken over only when its task and the node's own workflow are both closed. A lock that an earlier run of the same task
 * has left on a node whose workflow still runs stays: that workflow needs it, and this run adopts it.
 *
 * @param fingerprint of the task's request
 * @throws DecommissionFailure `NodeBusy`, not retryable: another task holds the lock.
 * @throws DecommissionFailure `NodeChanged`, not retryable: the Node no longer exists.
 * @throws DecommissionFailure `ClusterMismatch`, retryable: see `openVerifiedCluster`.
 * @throws ClusterFailure
 */
export const acquireNodeLock =
  (dependencies: ActivityDependencies) =>
  async (context: TaskContext, target: NodeTarget, fingerprint: string): Promise<void> => {
    const { nodeName } = target;
    const plan = async (node: NodeFacts | undefined): Promise<NodeChange | 'nothing'> => {
      if (!node) throw nodeChanged(target);
      const judgement = judgeNodeLock(node.annotations[LOCK_ANNOTATION], context.holder);
      const state = await readLockState(dependencies.directory, judgement, nodeName, { ...context, fingerprint });
      if (state === 'ours' || state === 'adopted') return 'nothing';
      if (state === 'free' || state === 'closed') {
        return { annotations: { [LOCK_ANNOTATION]: toLockText(context.holder) } };
      }
      throw new DecommissionFailure(FailureType.NodeBusy, describeBusyNode(nodeName, context.cluster, judgement));
    };
    await withProvenCluster(dependencies, context, (cluster) => changeSeenNode(cluster, target, plan));
  };

/**
 * Removes this task's lock from the Node, also one that a closed run of this task has left there; another task's lock stays. The lock of a
 * node past its point of no return stays, too: it keeps other tasks away.
 *
 * @throws DecommissionFailure `ClusterMismatch`, retryable: see `openVerifiedCluster`.
 * @throws ClusterFailure
 */
export const releaseNodeLock =
  (dependencies: ActivityDependencies) =>
  async (context: TaskContext, target: NodeTarget): Promise<UndoReport> => {
    const cluster = await openVerifiedCluster(dependencies, context);
    const isOurs = (lock: NodeLockJudgement): Promise<boolean> =>
      isOfThisTask(dependencies.directory, lock, context, target);
    return await releaseLock(cluster, target, context.holder, isOurs);
  };

/**
 * The same in a cluster that the caller has verified.
 *
 * @param isOurs whether a lock that is there, of `holder` or of another, may be removed
 * @throws ClusterFailure
 */
export const releaseLock = async (
  cluster: Cluster,
  target: NodeTarget,
  holder: LockHolder,
  isOurs: (lock: NodeLockJudgement) => boolean | Promise<boolean>,
): Promise<UndoReport> => {
  const action = `release the lock on node ${target.nodeName}`;
  const nothing: UndoReport = { action, status: 'NothingToDo', message: 'the Node no longer exists or has no lock' };
  let report = nothing;
  await changeNode(cluster, target, async (node) => {
    const judgement = judgeNodeLock(node?.annotations[LOCK_ANNOTATION], holder);
    const passedAt = node && readPassedPoint(node.annotations);
    if (judgement.kind === 'free') {
      report = nothing;
    } else if (passedAt !== undefined) {
      report = { action, status: 'Kept', message: describePassedPoint(target.nodeName, passedAt) };
    } else if (await isOurs(judgement)) {
      report = { action, status: 'Undone', message: '' };
      return { annotations: { [LOCK_ANNOTATION]: null } };
    } else {
      report = { action, status: 'Kept', message: 'the lock is no longer held by this task' };
    }
    return 'nothing';
  });
  return report;
};

/** A run that adopted the node's workflow has not taken over the lock of the run that started it. */
const isOfThisTask = async (
  directory: WorkflowDirectory,
  judgement: NodeLockJudgement,
  { taskId, cluster }: TaskContext,
  { nodeName }: NodeTarget,
): Promise<boolean> => {
  if (judgement.kind !== 'held') return judgement.kind === 'ours';
  if (judgement.holder.taskId !== taskId) return false;
  return (await directory.readHolderState(judgement.holder, toNodeWorkflowId(cluster, nodeName))) === 'closed';
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

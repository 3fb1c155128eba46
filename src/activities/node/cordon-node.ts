import { DecommissionFailure, FailureType } from '../../domain/run/failures.ts';
import { checkForeignLock } from '../../domain/node/check-ownership.ts';
import { planCordon, planReleaseKeepingCordon, planUncordon } from '../../domain/node/cordon-plan.ts';
import { markDrained } from '../../domain/node/drained-mark.ts';
import type { NodeChange, NodeRestorePlan } from '../../domain/node/node-change.ts';
import { parseEarlierNodeState } from '../../domain/node/earlier-state.ts';
import type { NodeFacts } from '../../domain/cluster/facts.ts';
import { EARLIER_STATE_ANNOTATION } from '../../domain/cluster/annotations.ts';
import { describePassedPoint, toPassedPointCommands } from '../../domain/node/passed-point.ts';
import { toNodeCommands, type EarlierMarks } from '../../domain/node/repair-commands.ts';
import type { UndoReport } from '../../domain/run/report.ts';
import type { TaskContext } from '../../domain/run/context.ts';
import type { NodeTarget } from '../../domain/node/node-target.ts';
import type { Cluster } from '../../ports/cluster.ts';
import type { ActivityDependencies } from '../support/activity-dependencies.ts';
import { changeNode, changeSeenNode } from './change-node.ts';
import { openVerifiedCluster, withProvenCluster } from '../support/open-verified-cluster.ts';

export interface CordonResult {
  /** As recorded on the Node, for the commands of an operator who restores it. */
  readonly earlier?: EarlierMarks;
}

/** Earlier values are short; a longer one stays in the record on the Node only. */
const MAX_EARLIER_LENGTH = 4000;

/**
 * Marks the Node unschedulable and records owner, reason and earlier state on it, in one write. A Node that already has this task's
 * record is left unchanged.
 *
 * @throws DecommissionFailure `NodeChanged`, not retryable: the planned Node no longer exists.
 * @throws DecommissionFailure `CordonLost`, not retryable: the Node has this task's record but was uncordoned.
 * @throws DecommissionFailure `LockLost`, not retryable: another task has locked the Node.
 * @throws DecommissionFailure `ClusterMismatch`, retryable: see `openVerifiedCluster`.
 * @throws ClusterFailure
 */
export const cordonNode =
  (dependencies: ActivityDependencies) =>
  async (context: TaskContext, target: NodeTarget): Promise<CordonResult> => {
    const plan = (node: NodeFacts | undefined): NodeChange | 'nothing' => planOwnCordon(node, context, target);
    const cordoned = await withProvenCluster(dependencies, context, (cluster) => changeSeenNode(cluster, target, plan));
    const earlier = readEarlierMarks(cordoned, context.taskId);
    return earlier && JSON.stringify(earlier).length <= MAX_EARLIER_LENGTH ? { earlier } : {};
  };

const planOwnCordon = (
  node: NodeFacts | undefined,
  context: TaskContext,
  target: NodeTarget,
): NodeChange | 'nothing' => {
  if (!node) {
    throw new DecommissionFailure(
      FailureType.NodeChanged,
      `node ${target.nodeName} with UID ${target.nodeUid} no longer exists, so it was not cordoned. If the Node was recreated, start again for the new one.`,
    );
  }
  const lost = checkForeignLock(node, context.holder);
  if (lost) throw lost;
  const change = planCordon(node, context);
  if (change === 'nothing' && !node.unschedulable) throw cordonLost(node, context.taskId);
  return change;
};

const readEarlierMarks = (node: NodeFacts | undefined, taskId: string): EarlierMarks | undefined => {
  const record = parseEarlierNodeState(node?.annotations[EARLIER_STATE_ANNOTATION]);
  if (record?.taskId !== taskId) return undefined;
  return { unschedulable: record.unschedulable, annotations: record.annotations };
};

/**
 * Undo of `cordonNode`: restores only what still has the value that `cordonNode` wrote; everything else is kept and reported. A node past
 * its point of no return is left as it is: `Failed`, because an operator has to decide.
 *
 * @throws DecommissionFailure `ClusterMismatch`, retryable: see `openVerifiedCluster`.
 * @throws ClusterFailure
 */
export const uncordonNode =
  (dependencies: ActivityDependencies) =>
  async (context: TaskContext, target: NodeTarget): Promise<UndoReport> => {
    const cluster = await openVerifiedCluster(dependencies, context);
    return await uncordon(cluster, target, (node) => planUncordon(node, context.taskId));
  };

/**
 * The same in a cluster that the caller has verified. `planRestore` gets the Node as it is directly before the write.
 *
 * @throws ClusterFailure
 */
export const uncordon = async (
  cluster: Cluster,
  target: NodeTarget,
  planRestore: (node: NodeFacts) => NodeRestorePlan,
): Promise<UndoReport> => {
  const sentences = { action: `uncordon node ${target.nodeName}`, undone: 'earlier state restored', nothing: '' };
  return await restoreNode(cluster, target, sentences, planRestore);
};

/**
 * For `deleteNode: false`: removes this task's annotations from the Node and leaves it cordoned, with a record of whose cordon it is.
 *
 * @throws DecommissionFailure `ClusterMismatch`, retryable: see `openVerifiedCluster`.
 * @throws ClusterFailure
 */
export const releaseNodeKeepingCordon =
  (dependencies: ActivityDependencies) =>
  async (context: TaskContext, target: NodeTarget): Promise<UndoReport> => {
    const cluster = await openVerifiedCluster(dependencies, context);
    const sentences = {
      action: `remove this task's annotations from node ${target.nodeName}, leave it cordoned`,
      undone: `annotations removed; the node stays cordoned; to give it back, run \`node-decommission uncordon ${target.nodeName}\``,
      nothing: 'no annotations to remove; the node stays cordoned',
    };
    const at = new Date(dependencies.now()).toISOString();
    return await restoreNode(cluster, target, sentences, (node) =>
      markDrained(node, planReleaseKeepingCordon(node, context.taskId), context, at),
    );
  };

export interface RestoreSentences {
  readonly action: string;
  readonly undone: string;
  readonly nothing: string;
}

/** Undoes a change to a Node. Reports the last read: the Node may change or be deleted between two of them. */
export const restoreNode = async (
  cluster: Cluster,
  target: NodeTarget,
  sentences: RestoreSentences,
  planRestore: (node: NodeFacts) => NodeRestorePlan,
): Promise<UndoReport> => {
  const { action } = sentences;
  const gone: UndoReport = { action, status: 'NothingToDo', message: 'the Node with that UID no longer exists' };
  let report = gone;
  await changeNode(cluster, target, (node) => {
    const plan = node && planRestore(node);
    report = node && plan ? toUndoReport(sentences, node.name, plan) : gone;
    return plan?.change ?? 'nothing';
  });
  return report;
};

/** This task's annotations are on the Node, but it was uncordoned after this run, or an earlier one that died, had cordoned it. */
const cordonLost = (node: NodeFacts, taskId: string): DecommissionFailure => {
  const commands = toNodeCommands(node.name, taskId, readEarlierMarks(node, taskId));
  return new DecommissionFailure(
    FailureType.CordonLost,
    `node ${node.name} has the annotations of this task but was uncordoned, so it may be in use. To remove it anyway, restore its earlier state ` +
      `(\`${commands.join('\`, \`')}\`) and start again.`,
  );
};

const toUndoReport = (
  { action, undone, nothing }: RestoreSentences,
  nodeName: string,
  plan: NodeRestorePlan,
): UndoReport => {
  if (plan.passedAt !== undefined) {
    const message = describePassedPoint(nodeName, plan.passedAt);
    return { action, status: 'Failed', message, commands: toPassedPointCommands(nodeName) };
  }
  if (plan.notes.length > 0) return { action, status: 'Kept', message: plan.notes.join('; ') };
  return plan.change === 'nothing'
    ? { action, status: 'NothingToDo', message: nothing }
    : { action, status: 'Undone', message: undone };
};

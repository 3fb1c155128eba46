import type { NodeFacts } from '../../domain/cluster/facts.ts';
import type { NodeChange, NodeRestorePlan } from '../../domain/node/node-change.ts';
import { describeTaintRemoval, planWaitingTaint, planWaitingTaintRemoval } from '../../domain/node/waiting-taint.ts';
import type { NodeTarget } from '../../domain/node/node-target.ts';
import type { TaskContext } from '../../domain/run/context.ts';
import type { UndoReport } from '../../domain/run/report.ts';
import type { Cluster } from '../../ports/cluster.ts';
import type { ActivityDependencies } from '../support/activity-dependencies.ts';
import { openVerifiedCluster, withProvenCluster } from '../support/open-verified-cluster.ts';
import { changeSeenNode } from './change-node.ts';
import { restoreNode } from './cordon-node.ts';

/**
 * Taints a Node that waits for its turn, so that evicted pods avoid it (PreferNoSchedule). A Node that is gone, or was recreated, is left
 * alone: its own turn reports that.
 *
 * @throws DecommissionFailure `ClusterMismatch`, retryable: see `openVerifiedCluster`.
 * @throws ClusterFailure
 */
export const markNodeWaiting =
  (dependencies: ActivityDependencies) =>
  async (context: TaskContext, target: NodeTarget): Promise<void> => {
    const plan = (node: NodeFacts | undefined): NodeChange | 'nothing' =>
      node ? planWaitingTaint(node, context.taskId) : 'nothing';
    await withProvenCluster(dependencies, context, (cluster) => changeSeenNode(cluster, target, plan));
  };

/**
 * Undo of `markNodeWaiting`: removes the taint of this task; that of another task is kept and reported.
 *
 * @throws DecommissionFailure `ClusterMismatch`, retryable: see `openVerifiedCluster`.
 * @throws ClusterFailure
 */
export const releaseWaitingNode =
  (dependencies: ActivityDependencies) =>
  async (context: TaskContext, target: NodeTarget): Promise<UndoReport> => {
    const cluster = await openVerifiedCluster(dependencies, context);
    return await removeWaitingTaint(cluster, target, (node) => planWaitingTaintRemoval(node, context.taskId));
  };

/**
 * The same for a cluster that is verified; `plan` decides about the Node as it is now.
 * @throws ClusterFailure
 */
export const removeWaitingTaint = async (
  cluster: Cluster,
  target: NodeTarget,
  plan: (node: NodeFacts) => NodeRestorePlan,
): Promise<UndoReport> => {
  const sentences = {
    action: describeTaintRemoval(target.nodeName),
    undone: 'taint removed',
    nothing: 'the node does not have the taint',
  };
  return await restoreNode(cluster, target, sentences, plan);
};

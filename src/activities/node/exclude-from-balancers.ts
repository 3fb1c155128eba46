import { isExcludedBy, planBalancerExclusion } from '../../domain/node/balancer-label.ts';
import type { NodeTarget } from '../../domain/node/node-target.ts';
import type { TaskContext } from '../../domain/run/context.ts';
import type { ActivityDependencies } from '../support/activity-dependencies.ts';
import { withProvenCluster } from '../support/open-verified-cluster.ts';
import { changeOwnNode } from './change-node.ts';

/**
 * Labels a node that is about to be drained, so that external load balancers send it no new connections. Returns false where another client
 * has excluded it before: that stays. Safe to repeat. The label is removed by `uncordonNode`.
 *
 * @throws DecommissionFailure `NodeChanged`, `CordonLost`, `LockLost` or `NodeClaimed`, not retryable: see `checkOwnership`.
 * @throws DecommissionFailure `ClusterMismatch`, retryable: see `openVerifiedCluster`.
 * @throws ClusterFailure
 */
export const excludeFromBalancers =
  (dependencies: ActivityDependencies) =>
  async (context: TaskContext, target: NodeTarget): Promise<boolean> => {
    const node = await withProvenCluster(dependencies, context, (cluster) =>
      changeOwnNode(cluster, target, context, (found) => planBalancerExclusion(found, context.taskId)),
    );
    return node !== undefined && isExcludedBy(node, context.taskId);
  };

import type { PodRef } from '../../domain/cluster/facts.ts';
import { checkOwnership } from '../../domain/node/check-ownership.ts';
import type { NodeTarget } from '../../domain/node/node-target.ts';
import type { TaskContext } from '../../domain/run/context.ts';
import type { ActivityDependencies } from '../support/activity-dependencies.ts';
import { openVerifiedCluster } from '../support/open-verified-cluster.ts';

export interface DeletePodInput {
  readonly node: NodeTarget;
  readonly pod: PodRef;
}

/**
 * Deletes one pod under its UID with its own grace period, whatever its budgets allow: only on the request of an operator. A pod that is gone,
 * or whose name another one has now, is left alone. Does not wait until it is gone.
 *
 * @throws DecommissionFailure `NodeChanged`, `CordonLost`, `LockLost` or `NodeClaimed`, not retryable: see `checkOwnership`.
 * @throws DecommissionFailure `ClusterMismatch`, retryable: see `openVerifiedCluster`.
 * @throws ClusterFailure
 */
export const deletePod =
  (dependencies: ActivityDependencies) =>
  async (context: TaskContext, { node, pod }: DeletePodInput): Promise<void> => {
    const cluster = await openVerifiedCluster(dependencies, context);
    const lost = checkOwnership(await cluster.readNode(node.nodeName), node, context.holder);
    if (lost) throw lost;
    const found = await cluster.readPod(pod.namespace, pod.name);
    if (found?.uid !== pod.uid || found.nodeName !== node.nodeName) return;
    await cluster.deletePod(pod);
  };

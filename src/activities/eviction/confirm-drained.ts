import type { DecommissionRequest } from '../../domain/request/decommission-request.ts';
import { checkOwnership } from '../../domain/node/check-ownership.ts';
import type { TaskContext } from '../../domain/run/context.ts';
import type { NodeTarget } from '../../domain/node/node-target.ts';
import type { ActivityDependencies } from '../support/activity-dependencies.ts';
import { withProvenCluster } from '../support/open-verified-cluster.ts';
import { toLatePods } from './late-pods.ts';
import { readNodeState } from './read-drain-state.ts';

/**
 * The final check before the point of no return: the same Node, still cordoned, locked by this task and empty. Reads only.
 *
 * @throws DecommissionFailure `NodeChanged`, `CordonLost`, `LockLost` or `NodeClaimed`, not retryable: see `checkOwnership`.
 * @throws DecommissionFailure `NodeBoundPods`, not retryable: there are pods on the node.
 * @throws DecommissionFailure `ClusterMismatch`, retryable: see `openVerifiedCluster`.
 * @throws ClusterFailure
 */
export const confirmDrained =
  (dependencies: ActivityDependencies) =>
  async (context: TaskContext, request: DecommissionRequest, target: NodeTarget): Promise<void> => {
    const { nodeName } = target;
    await withProvenCluster(dependencies, context, async (cluster) => {
      // Its UID proves the cluster, too: in another one, no pods would count as drained.
      const lost = checkOwnership(await cluster.readNode(nodeName), target, context.holder);
      if (lost) throw lost;
      const state = await readNodeState(cluster, request, nodeName);
      const names = [...state.targets.map(({ namespace, name }) => `${namespace}/${name}`), ...state.refusals];
      if (names.length > 0) throw toLatePods(nodeName, names);
    });
  };

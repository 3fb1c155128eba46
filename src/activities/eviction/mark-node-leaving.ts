import { comparePods } from '../../domain/eviction/classify-pod.ts';
import { selectLeavingDaemons } from '../../domain/eviction/leaving-daemons.ts';
import { findWorkload, toWorkloadLabel } from '../../domain/cluster/workload-index.ts';
import { planLeavingTaint } from '../../domain/node/leaving-taint.ts';
import type { NodeTarget } from '../../domain/node/node-target.ts';
import type { DecommissionRequest } from '../../domain/request/decommission-request.ts';
import type { EvictionTarget, TaskContext } from '../../domain/run/context.ts';
import type { Cluster } from '../../ports/cluster.ts';
import { changeOwnNode } from '../node/change-node.ts';
import type { ActivityDependencies } from '../support/activity-dependencies.ts';
import { withProvenCluster } from '../support/open-verified-cluster.ts';
import { readWorkloadIndex, RECENT_SECONDS } from '../support/read-workload-index.ts';

/**
 * Returns the DaemonSet pods that have to end before the kubelet, and taints the node first so that their controllers do not recreate them.
 * None on a node that is not Ready, because no pod can terminate there: then nothing is written. Safe to repeat. The taint is removed by
 * `uncordonNode`.
 *
 * @throws DecommissionFailure `NodeChanged`, `CordonLost`, `LockLost` or `NodeClaimed`, not retryable: see `checkOwnership`.
 * @throws DecommissionFailure `ClusterMismatch`, retryable: see `openVerifiedCluster`.
 * @throws ClusterFailure
 */
export const markNodeLeaving =
  (dependencies: ActivityDependencies) =>
  async (context: TaskContext, request: DecommissionRequest, target: NodeTarget): Promise<readonly EvictionTarget[]> =>
    await withProvenCluster(dependencies, context, (cluster) => mark(cluster, context, request, target));

const mark = async (
  cluster: Cluster,
  context: TaskContext,
  request: DecommissionRequest,
  target: NodeTarget,
): Promise<readonly EvictionTarget[]> => {
  const pods = [...(await cluster.readPods({ nodeName: target.nodeName }))].sort(comparePods);
  const index = await readWorkloadIndex(cluster, pods, { maxAgeSeconds: RECENT_SECONDS });
  const leaving = selectLeavingDaemons(pods, index, request, context.taskId);
  if (leaving.length === 0) return [];
  const marked = await changeOwnNode(cluster, target, context, (node) =>
    node.ready ? planLeavingTaint(node, context.taskId) : 'nothing',
  );
  if (marked?.ready !== true) return [];
  return leaving.map((pod) => {
    const workload = findWorkload(pod, index);
    const { namespace, name, uid } = pod;
    return { namespace, name, uid, workloadUid: workload?.uid ?? '', workload: toWorkloadLabel(workload) };
  });
};

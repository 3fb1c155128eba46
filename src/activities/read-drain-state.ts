import { classifyPod, comparePods } from '../domain/classify-pod.ts';
import type { DecommissionRequest } from '../domain/decommission-request.ts';
import type { PodFacts } from '../domain/facts.ts';
import { judgeNodeHold } from '../domain/judge-node-hold.ts';
import { judgeSingleReplica } from '../domain/single-replica.ts';
import type { DrainLook, EvictionTarget, NodeTarget, TaskContext } from '../domain/task-context.ts';
import { findWorkload, toWorkloadLabel, type WorkloadIndex } from '../domain/workload-index.ts';
import type { Cluster } from '../ports/cluster.ts';
import type { ActivityDependencies } from './activity-dependencies.ts';
import { openCluster } from './open-cluster.ts';
import { readWorkloadIndex } from './read-workload-index.ts';

/**
 * One uncached look at the node and its pods, judged as at preflight: an autoscaler may have gone from three replicas to one since.
 * Reads only. Throws `NodeChanged`, `CordonLost` and `LockLost`, not retryable, and ClusterFailure.
 */
export const readDrainState =
  (dependencies: ActivityDependencies) =>
  async (context: TaskContext, request: DecommissionRequest, target: NodeTarget): Promise<DrainLook> => {
    const cluster = await openCluster(dependencies, context);
    const lost = judgeNodeHold(await cluster.readNode(target.nodeName), target, context.holder);
    if (lost) throw lost;
    return await lookAtNode(cluster, request, target.nodeName);
  };

/** The look itself, for those that have opened the cluster already. */
export const lookAtNode = async (
  cluster: Cluster,
  request: DecommissionRequest,
  nodeName: string,
): Promise<DrainLook> => {
  const pods = [...(await cluster.readPods({ nodeName }))].sort(comparePods);
  const index = await readWorkloadIndex(cluster, pods);
  const judged = pods.map((pod) => ({ pod, ...classifyPod(pod, index, request) }));
  const going = judged.filter(({ disposition }) => disposition === 'evict' || disposition === 'wait');
  const refusals = judged.flatMap(({ pod, disposition, reason }) =>
    disposition === 'refuse' ? [`${pod.namespace}/${pod.name}: ${reason}`] : [],
  );
  const singles = going.flatMap(({ pod, disposition }) => {
    const workload = findWorkload(pod, index);
    const finding =
      disposition === 'evict' && workload ? judgeSingleReplica(pod, workload, request.singleReplica) : undefined;
    return finding?.severity === 'refusal' ? [finding.message] : [];
  });
  return {
    targets: await toTargets(
      cluster,
      going.map(({ pod }) => pod),
      index,
    ),
    refusals: [...refusals, ...singles],
    stayingCount: judged.filter(({ disposition }) => disposition === 'stay').length,
  };
};

const toTargets = async (
  cluster: Cluster,
  pods: readonly PodFacts[],
  index: WorkloadIndex,
): Promise<readonly EvictionTarget[]> => {
  const volumeByClaim = await readVolumesByClaim(cluster, pods);
  return pods.map((pod) => {
    const workload = findWorkload(pod, index);
    return {
      namespace: pod.namespace,
      name: pod.name,
      uid: pod.uid,
      workloadUid: workload?.uid ?? '',
      workload: workload ? toWorkloadLabel(workload) : '',
      volumeNames: pod.persistentVolumeClaims.flatMap((claim) => volumeByClaim.get(`${pod.namespace}/${claim}`) ?? []),
    };
  });
};

const readVolumesByClaim = async (
  cluster: Cluster,
  pods: readonly PodFacts[],
): Promise<ReadonlyMap<string, string>> => {
  const namespaces = new Set(pods.filter((pod) => pod.persistentVolumeClaims.length > 0).map((pod) => pod.namespace));
  const volumes = new Map<string, string>();
  for (const namespace of namespaces) {
    for (const claim of await cluster.readVolumeClaims(namespace)) {
      if (claim.volumeName) volumes.set(`${namespace}/${claim.name}`, claim.volumeName);
    }
  }
  return volumes;
};

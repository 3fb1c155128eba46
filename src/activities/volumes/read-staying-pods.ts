import type { PodFacts } from '../../domain/cluster/facts.ts';
import type { WorkloadIndex } from '../../domain/cluster/workload-index.ts';
import { classifyPod, type PodConsents } from '../../domain/eviction/classify-pod.ts';
import type { Cluster } from '../../ports/cluster.ts';
import { readWorkloadIndex } from '../support/read-workload-index.ts';

/**
 * A reader of the pods of a node that stay: one uncached LIST for each call, and one GET for each owner in total. The function throws
 * `ClusterFailure`.
 */
export const createStayingPodsReader = (
  cluster: Cluster,
  consents: PodConsents,
  nodeName: string,
): (() => Promise<readonly PodFacts[]>) => {
  let index: WorkloadIndex = {};
  return async () => {
    const pods = await cluster.readPods({ nodeName });
    index = await readWorkloadIndex(cluster, pods, index);
    return pods.filter((pod) => classifyPod(pod, index, consents).disposition === 'stay');
  };
};

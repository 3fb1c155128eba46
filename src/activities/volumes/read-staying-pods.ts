import type { PodFacts } from '../../domain/cluster/facts.ts';
import { toPodName } from '../../domain/cluster/pod-state.ts';
import type { WorkloadIndex } from '../../domain/cluster/workload-index.ts';
import { classifyPod, comparePods, type PodConsents } from '../../domain/eviction/classify-pod.ts';
import type { Cluster } from '../../ports/cluster.ts';
import { toLatePods } from '../eviction/late-pods.ts';
import { readWorkloadIndex, RECENT_SECONDS } from '../support/read-workload-index.ts';

/**
 * A reader of the pods of a drained node, all of which stay: one uncached LIST for each call, and one GET for each owner in total. It throws
 * `ClusterFailure`, and `NodeBoundPods` (not retryable) when another pod is on the node: it is useless to wait for its volumes.
 */
export const createStayingPodsReader = (
  cluster: Cluster,
  consents: PodConsents,
  nodeName: string,
): (() => Promise<readonly PodFacts[]>) => {
  let index: WorkloadIndex = {};
  return async () => {
    const pods = await cluster.readPods({ nodeName });
    index = await readWorkloadIndex(cluster, pods, { known: index, maxAgeSeconds: RECENT_SECONDS });
    const late = pods.filter((pod) => classifyPod(pod, index, consents).disposition !== 'stay');
    if (late.length > 0) throw toLatePods(nodeName, [...late].sort(comparePods).map(toPodName));
    return pods;
  };
};

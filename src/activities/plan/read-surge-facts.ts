import pMap from 'p-map';
import type { AutoscalerFacts, DeploymentFacts, PodFacts } from '../../domain/cluster/facts.ts';
import { findWorkload, type WorkloadIndex } from '../../domain/cluster/workload-index.ts';
import type { PreflightFacts } from '../../domain/preflight/facts.ts';
import type { DecommissionRequest } from '../../domain/request/decommission-request.ts';
import { needsSecondReplica } from '../../domain/surge/needs-second-replica.ts';
import type { Cluster } from '../../ports/cluster.ts';
import { isClusterFailure } from '../../ports/cluster-failure.ts';

const MAX_CONCURRENT_READS = 10;

/**
 * Under `singleReplica: surge`: the Deployments whose only pods are among these, and what scales in their namespaces. Without the permission to
 * list HorizontalPodAutoscalers they are unknown. Reads only.
 *
 * @throws ClusterFailure
 */
export const readSurgeFacts = async (
  cluster: Cluster,
  request: DecommissionRequest,
  pods: readonly PodFacts[],
  index: WorkloadIndex,
): Promise<Pick<PreflightFacts, 'surge'>> => {
  if (request.singleReplica !== 'surge') return {};
  const singles = pods.flatMap((pod) => {
    const workload = findWorkload(pod, index);
    return workload !== undefined && needsSecondReplica(pod, workload, request) ? [workload] : [];
  });
  const deployments: Record<string, DeploymentFacts> = {};
  const read = await pMap(singles, ({ namespace, name }) => cluster.readDeployment(namespace, name), {
    concurrency: MAX_CONCURRENT_READS,
  });
  for (const [index, { uid }] of singles.entries()) {
    const deployment = read[index];
    if (deployment?.uid === uid) deployments[uid] = deployment;
  }
  const autoscalers = await readAutoscalers(cluster, [...new Set(singles.map(({ namespace }) => namespace))]);
  return { surge: { deployments, ...(autoscalers === undefined ? {} : { autoscalers }) } };
};

const readAutoscalers = async (
  cluster: Cluster,
  namespaces: readonly string[],
): Promise<readonly AutoscalerFacts[] | undefined> => {
  try {
    return (await Promise.all(namespaces.map((namespace) => cluster.readAutoscalers(namespace)))).flat();
  } catch (error) {
    if (!isClusterFailure(error, 'Forbidden')) throw error;
    return undefined;
  }
};

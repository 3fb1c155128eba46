import type { DecommissionRequest } from '../../domain/request/decommission-request.ts';
import type { ClusterIdentity, PodFacts, VolumeClaimFacts } from '../../domain/cluster/facts.ts';
import type { PreflightFacts } from '../../domain/preflight/facts.ts';
import type { Cluster } from '../../ports/cluster.ts';
import { readSelectedIndex } from '../support/read-workload-index.ts';

/** What only the run itself can determine; the CLI's `plan` has read rights only and lists these as not checked. */
export type RunFacts = Pick<
  PreflightFacts,
  'locks' | 'missingRights' | 'nodeDeletionDryRuns' | 'hosts' | 'ownPods' | 'isOwnPodUnknown' | 'notChecked'
>;

/**
 * Reads everything that preflight judges, with read rights only.
 *
 * @throws ClusterFailure
 */
export const readPreflightFacts = async (
  cluster: Cluster,
  request: DecommissionRequest,
  clusterIdentity: ClusterIdentity,
  runFacts: RunFacts,
): Promise<PreflightFacts> => {
  const [clusterAddress, nodes, pods, budgets, volumes, attachments] = await Promise.all([
    cluster.readAddress(),
    cluster.readNodes(),
    cluster.readPods({}),
    cluster.readBudgets(),
    cluster.readVolumes(),
    cluster.readVolumeAttachments(),
  ]);
  const onNodes = pods.filter(({ nodeName }) => request.nodeNames.includes(nodeName));
  const namespaces = new Set(onNodes.map(({ namespace }) => namespace));
  const neighbours = pods.filter(({ namespace }) => namespaces.has(namespace));
  return {
    request,
    clusterIdentity,
    clusterAddress,
    nodes,
    pods,
    workloads: await readSelectedIndex(cluster, onNodes, neighbours),
    budgets,
    claims: await readClaims(cluster, onNodes),
    volumes,
    attachments,
    ...runFacts,
  };
};

const readClaims = async (cluster: Cluster, pods: readonly PodFacts[]): Promise<readonly VolumeClaimFacts[]> => {
  const namespaces = new Set(pods.filter((pod) => pod.persistentVolumeClaims.length > 0).map((pod) => pod.namespace));
  const lists = await Promise.all([...namespaces].map((namespace) => cluster.readVolumeClaims(namespace)));
  return lists.flat();
};

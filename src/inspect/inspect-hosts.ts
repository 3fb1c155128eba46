import pMap from 'p-map';
import { checkHost, MAX_CONCURRENT_HOST_CHECKS } from '../activities/host/check-host.ts';
import type { NodeFacts } from '../domain/cluster/facts.ts';
import { findControlPlaneSign } from '../domain/preflight/control-plane.ts';
import type { HostCheck } from '../domain/preflight/facts.ts';
import type { Cluster } from '../ports/cluster.ts';
import type { Hosts } from '../ports/host.ts';

export interface HostsQuestion {
  readonly cluster: Cluster;
  readonly hosts: Hosts;
  /** None: all nodes of the cluster. */
  readonly nodeNames: readonly string[];
}

export type HostInspection = { readonly nodeName: string } & (
  | { readonly kind: 'looked'; readonly check: HostCheck }
  /** Carries the control plane or etcd: never taken out of service here, so not connected to. */
  | { readonly kind: 'controlPlane'; readonly sign: string }
);

/** Nothing runs, so no marker on a host counts as a proof. */
const NO_RUN = { firstExecutionRunId: 'none' };

/**
 * Preflight's look at the hosts of these nodes of a cluster, ten at a time, without Temporal; in the cluster's order, without those that
 * are not there. Connects from here, with this process's keys. Reads only. Throws ClusterFailure.
 */
export const inspectHosts = async ({
  cluster,
  hosts,
  nodeNames,
}: HostsQuestion): Promise<readonly HostInspection[]> => {
  const [clusterIdentity, nodes] = await Promise.all([cluster.readIdentity(), cluster.readNodes()]);
  const look = async (node: NodeFacts): Promise<HostInspection> => {
    const sign = findControlPlaneSign(node, await cluster.readPods({ nodeName: node.name }));
    if (sign !== undefined) return { nodeName: node.name, kind: 'controlPlane', sign };
    const check = await checkHost({ hosts, clusterIdentity, nodes }, NO_RUN, node);
    return { nodeName: node.name, kind: 'looked', check };
  };
  const asked = nodes.filter(({ name }) => nodeNames.length === 0 || nodeNames.includes(name));
  return await pMap(asked, look, { concurrency: MAX_CONCURRENT_HOST_CHECKS });
};

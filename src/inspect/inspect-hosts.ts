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
  /** Empty: all nodes of the cluster. */
  readonly nodeNames: readonly string[];
}

export type HostInspection = { readonly nodeName: string } & (
  | { readonly kind: 'checked'; readonly check: HostCheck }
  /** Runs the control plane or etcd: never decommissioned, so not connected to. */
  | { readonly kind: 'controlPlane'; readonly sign: string }
);

/** No run is in progress, so no marker on a host counts as proof. */
const NO_RUN = { firstExecutionRunId: 'none' };

/**
 * Runs preflight's check of the hosts of these nodes, ten at a time, without Temporal; in the cluster's order, without nodes that do not
 * exist. Connects from here, with this process's keys. Writes only what
 * `Host.proveAbility` removes again.
 * @throws ClusterFailure: the cluster cannot be read.
 */
export const inspectHosts = async ({
  cluster,
  hosts,
  nodeNames,
}: HostsQuestion): Promise<readonly HostInspection[]> => {
  const [clusterIdentity, nodes] = await Promise.all([cluster.readIdentity(), cluster.readNodes()]);
  const inspect = async (node: NodeFacts): Promise<HostInspection> => {
    const sign = findControlPlaneSign(node, await cluster.readPods({ nodeName: node.name }));
    if (sign !== undefined) return { nodeName: node.name, kind: 'controlPlane', sign };
    const check = await checkHost({ hosts, clusterIdentity, nodes }, NO_RUN, node);
    return { nodeName: node.name, kind: 'checked', check };
  };
  const selected = nodes.filter(({ name }) => nodeNames.length === 0 || nodeNames.includes(name));
  return await pMap(selected, inspect, { concurrency: MAX_CONCURRENT_HOST_CHECKS });
};

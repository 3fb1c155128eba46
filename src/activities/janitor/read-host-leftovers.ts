import pMap from 'p-map';
import type { NodeFacts } from '../../domain/cluster/facts.ts';
import { chooseHosts, findOnHost } from '../../domain/janitor/find-host-leftovers.ts';
import type { Leftover } from '../../domain/janitor/leftover.ts';
import type { Cluster } from '../../ports/cluster.ts';
import type { Hosts } from '../../ports/host.ts';
import { isHostFailure } from '../../ports/host-failure.ts';
import { MAX_CONCURRENT_HOST_CHECKS } from '../host/check-host.ts';
import { withHost } from '../host/with-proven-host.ts';
import type { Leftovers } from './read-leftovers.ts';

/**
 * What operations have left on hosts: of the nodes on which `found` has something, and of those in `wanted` on which no task works. Reads
 * only; a host that cannot be read is named as not checked, one without connection settings is left out.
 * @throws ClusterFailure: the nodes cannot be read.
 */
export const readHostLeftovers = async (
  cluster: Cluster,
  hosts: Hosts,
  found: readonly Leftover[],
  wanted: readonly string[],
): Promise<Leftovers> => {
  const nodes = await cluster.readNodes();
  const chosen = chooseHosts(nodes, found, wanted);
  const reachable = nodes.filter(({ name }) => chosen.includes(name) && hosts.findKubeletUnits(name) !== undefined);
  const results = await pMap(reachable, (node) => readHost(hosts, node, found), {
    concurrency: MAX_CONCURRENT_HOST_CHECKS,
  });
  return {
    leftovers: results.flatMap(({ leftover }) => leftover ?? []),
    notChecked: results.flatMap(({ notChecked }) => notChecked ?? []),
  };
};

interface HostResult {
  readonly leftover?: Leftover | undefined;
  readonly notChecked?: string;
}

const readHost = async (hosts: Hosts, node: NodeFacts, found: readonly Leftover[]): Promise<HostResult> => {
  const onNode = found.find(({ target }) => target.kind === 'Node' && target.nodeName === node.name);
  const address = { nodeName: node.name, addresses: node.addresses };
  try {
    return await withHost({ hosts }, address, async (host, kubeletUnits) => ({
      leftover: findOnHost(node, await host.readFacts(kubeletUnits), kubeletUnits, onNode),
    }));
  } catch (error) {
    if (!isHostFailure(error)) throw error;
    return { notChecked: `the host of node ${node.name} (${error.message})` };
  }
};

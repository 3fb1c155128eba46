import type { Configuration } from '../config/configuration.ts';
import type { Leftover } from '../domain/janitor/leftover.ts';
import { readHostLeftovers } from '../activities/janitor/read-host-leftovers.ts';
import type { Leftovers } from '../activities/janitor/read-leftovers.ts';
import { readRemovedNode, type FoundRemovedNode, type KnownRuns } from '../activities/janitor/read-removed-node.ts';
import type { Cluster } from '../ports/cluster.ts';
import { createHosts } from '../worker/create-hosts.ts';

/** What ended tasks have left in a cluster, read and undone without a worker. */
export {
  NO_KNOWN_TASKS,
  readLeftovers,
  type KnownTasks,
  type Leftovers,
} from '../activities/janitor/read-leftovers.ts';
export { undoLeftovers, type LeftoverUndo } from '../activities/janitor/undo-leftovers.ts';

/**
 * The same on hosts, see `readHostLeftovers`; nothing when the configuration has no connection settings of hosts. Connects from here, with
 * this process's keys.
 * @throws ClusterFailure: the nodes cannot be read.
 */
export const inspectHostLeftovers = async (
  configuration: Configuration,
  cluster: Cluster,
  found: readonly Leftover[],
  nodeNames: readonly string[],
): Promise<Leftovers> =>
  configuration.hosts === undefined
    ? { leftovers: [], notChecked: [] }
    : await readHostLeftovers(cluster, createHosts(configuration), found, nodeNames);

/**
 * What a run has left unfinished on the host of a name without a Node, see `readRemovedNode`. Connects from here.
 * @param settings `runs`: absent when Temporal cannot be reached; `hosts`: whether to connect to the host.
 */
export const inspectRemovedNode = async (
  configuration: Configuration,
  clusterName: string,
  nodeName: string,
  { runs, hosts }: { readonly runs: KnownRuns | undefined; readonly hosts: boolean },
): Promise<FoundRemovedNode> =>
  await readRemovedNode({ clusterName, runs, hosts: hosts ? createHosts(configuration) : undefined }, nodeName);

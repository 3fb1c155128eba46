import type { DecommissionClient } from '../../client/decommission-client.ts';
import type { Configuration } from '../../config/configuration.ts';
import { filterLeftovers } from '../../domain/janitor/leftover.ts';
import { toTaskId } from '../../domain/request/task-id.ts';
import { inspectHostLeftovers, NO_KNOWN_TASKS, readLeftovers, type Leftovers } from '../../inspect/leftovers.ts';
import type { Cluster } from '../../ports/cluster.ts';
import { createWorkflowDirectory } from '../../worker/workflow-directory.ts';

export interface SearchOptions {
  /** Name in the configuration. */
  readonly cluster: string;
  readonly task?: string;
  readonly hosts: boolean;
}

/**
 * What ended tasks have left, as far as the options and node names select it: on the objects of the cluster, and on the hosts of the nodes
 * concerned. `client`: absent when Temporal cannot be reached; nothing is known about tasks then.
 * @throws ClusterFailure: nodes or budgets cannot be read.
 */
export const searchCluster = async (
  configuration: Configuration,
  cluster: Cluster,
  { cluster: name, task, hosts }: SearchOptions,
  nodeNames: readonly string[],
  client: DecommissionClient | undefined,
): Promise<Leftovers> => {
  const tasks = client === undefined ? NO_KNOWN_TASKS : createWorkflowDirectory(client.client);
  const { leftovers, notChecked } = await readLeftovers(cluster, name, tasks);
  const filter = { nodeNames, ...(task === undefined ? {} : { taskId: toTaskId(task) }) };
  const onObjects = filterLeftovers(leftovers, filter);
  if (!hosts) return { leftovers: onObjects, notChecked };
  const onHosts = await inspectHostLeftovers(configuration, cluster, onObjects, task === undefined ? nodeNames : []);
  return {
    leftovers: [...onObjects, ...onHosts.leftovers],
    notChecked: [...notChecked, ...onHosts.notChecked],
  };
};

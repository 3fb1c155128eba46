import type { DecommissionClient } from '../../client/decommission-client.ts';
import type { Configuration } from '../../config/configuration.ts';
import { filterLeftovers, type Leftover } from '../../domain/janitor/leftover.ts';
import { toTaskId } from '../../domain/request/task-id.ts';
import {
  inspectHostLeftovers,
  inspectRemovedNode,
  NO_KNOWN_TASKS,
  readLeftovers,
  type Leftovers,
} from '../../inspect/leftovers.ts';
import type { Cluster } from '../../ports/cluster.ts';
import type { WorkflowDirectory } from '../../ports/workflow-directory.ts';
import { createWorkflowDirectory } from '../../worker/workflow-directory.ts';
import { CliFailure } from '../cli-failure.ts';

export interface SearchOptions {
  /** Name in the configuration. */
  readonly cluster: string;
  readonly task?: string;
  readonly hosts: boolean;
}

/**
 * What ended tasks have left, as far as the options and node names select it: on the objects of the cluster, and on the hosts of the nodes
 * concerned, also of names whose Node is deleted. `client`: absent when Temporal cannot be reached; nothing is known about tasks then.
 * @throws ClusterFailure: nodes or budgets cannot be read.
 * @throws CliFailure `NotFound`: a name has no Node, and neither Temporal nor its host has a record of its decommission.
 */
export const searchCluster = async (
  configuration: Configuration,
  cluster: Cluster,
  options: SearchOptions,
  nodeNames: readonly string[],
  client: DecommissionClient | undefined,
): Promise<Leftovers> => {
  const { cluster: name, task, hosts } = options;
  const directory = client === undefined ? undefined : createWorkflowDirectory(client.client);
  const removed = await searchRemovedNodes(configuration, cluster, options, nodeNames, directory);
  const { leftovers, notChecked } = await readLeftovers(cluster, name, directory ?? NO_KNOWN_TASKS);
  const filter = { nodeNames, ...(task === undefined ? {} : { taskId: toTaskId(task) }) };
  const onObjects = filterLeftovers(leftovers, filter);
  const onHosts = hosts
    ? await inspectHostLeftovers(configuration, cluster, onObjects, task === undefined ? nodeNames : [])
    : NOTHING;
  return {
    leftovers: [...onObjects, ...onHosts.leftovers, ...filterLeftovers(removed.leftovers, filter)],
    notChecked: [...notChecked, ...onHosts.notChecked, ...removed.notChecked],
  };
};

const NOTHING: Leftovers = { leftovers: [], notChecked: [] };

/** A mistyped name would have nothing left on it. */
const searchRemovedNodes = async (
  configuration: Configuration,
  cluster: Cluster,
  { cluster: name, hosts }: SearchOptions,
  nodeNames: readonly string[],
  runs: WorkflowDirectory | undefined,
): Promise<Leftovers> => {
  const leftovers: Leftover[] = [];
  const notChecked: string[] = [];
  for (const nodeName of nodeNames) {
    if ((await cluster.readNode(nodeName)) !== undefined) continue;
    const found = await inspectRemovedNode(configuration, name, nodeName, { runs, hosts });
    const { judgement } = found;
    if (judgement.kind === 'unknownNode')
      throw new CliFailure('NotFound', `there is no node ${nodeName} in cluster ${name}, and ${judgement.why}.`, 1);
    if (judgement.kind === 'unfinished') leftovers.push(judgement.leftover);
    notChecked.push(...found.notChecked);
  }
  return { leftovers, notChecked };
};

import { readLeftovers, type KnownTasks } from '../../inspect/read-leftovers.ts';
import { createWorkflowDirectory } from '../../worker/workflow-directory.ts';
import type { DecommissionClient } from '../../client/decommission-client.ts';
import type { AddVerb } from '../cli-context.ts';
import { addClusterOptions, loadClusterConfiguration, type ClusterOptions } from '../cluster-options.ts';
import { formatLeftovers } from '../format/format-leftovers.ts';
import { withReachableClient } from '../with-client.ts';
import { addOutputOption } from './verb-options.ts';

interface JanitorOptions extends ClusterOptions {
  readonly cluster: string;
}

/** More tasks than a namespace can run at a time with Nodes to remove. */
const ALL_RUNNING = 10_000;

/** `janitor`: lists what tasks that no longer run have left in a cluster, with the commands that remove it. Changes nothing. */
export const addJanitorVerb: AddVerb = (program, context, act) => {
  const command = program
    .command('janitor')
    .description(
      'list what ended tasks have left in a cluster, e.g. after their workflow was terminated; changes nothing',
    )
    .option('--cluster <name>', 'cluster to search', 'default');
  addOutputOption(addClusterOptions(command)).action(
    act(async (output, options: JanitorOptions) => {
      // Loaded here, because the Kubernetes client and the worker take a second, which the other verbs do not need.
      const { openCluster } = await import('../open-cluster.ts');
      const cluster = openCluster(loadClusterConfiguration(context, options.cluster, options), options.cluster);
      const found = await withReachableClient(context, async (client) => {
        if (client === undefined) output.note('Temporal could not be reached: whether the tasks still run is unknown.');
        return await readLeftovers(cluster, options.cluster, await readKnownTasks(client, options.cluster));
      });
      output.result({ version: 1, ...found }, () => formatLeftovers(found));
      return found.leftovers.length === 0 ? 0 : 1;
    }),
  );
};

/** Without its server, nothing is known about tasks. */
const readKnownTasks = async (client: DecommissionClient | undefined, cluster: string): Promise<KnownTasks> => {
  if (client === undefined) return { readHolderState: () => Promise.resolve('unknown') };
  const running = await client.list({ state: 'running', limit: ALL_RUNNING });
  const directory = createWorkflowDirectory(client.client);
  return {
    runningTaskIds: running.flatMap((each) => (each.cluster === cluster ? (each.taskId ?? []) : [])),
    readHolderState: (holder, nodeWorkflowId) => directory.readHolderState(holder, nodeWorkflowId),
  };
};

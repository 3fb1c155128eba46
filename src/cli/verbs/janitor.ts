import { readLeftovers, type KnownTasks } from '../../inspect/read-leftovers.ts';
import { createWorkflowDirectory } from '../../worker/workflow-directory.ts';
import type { AddVerb, CliContext } from '../cli-context.ts';
import { CliFailure } from '../cli-failure.ts';
import { addClusterOptions, loadClusterConfiguration, type ClusterOptions } from '../cluster-options.ts';
import { connectClient, readPlace } from '../connect-temporal.ts';
import { formatLeftovers } from '../format/format-leftovers.ts';
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
      const found = await withKnownTasks(context, options.cluster, async (tasks) => {
        if (tasks.runningTaskIds === undefined)
          output.note('Temporal could not be reached: whether the tasks still run is unknown.');
        return await readLeftovers(cluster, options.cluster, tasks);
      });
      output.result({ version: 1, ...found }, () => formatLeftovers(found));
      return found.leftovers.length === 0 ? 0 : 1;
    }),
  );
};

/** Without its server, nothing is known about tasks. */
const withKnownTasks = async <Result>(
  context: CliContext,
  cluster: string,
  use: (tasks: KnownTasks) => Promise<Result>,
): Promise<Result> => {
  let client;
  try {
    client = await connectClient(await readPlace(context.environment), context.environment);
  } catch (error) {
    if (!(error instanceof CliFailure) || error.code !== 'ServerUnreachable') throw error;
    return await use({ readHolderState: () => Promise.resolve('unknown') });
  }
  try {
    const running = await client.list({ state: 'running', limit: ALL_RUNNING });
    const directory = createWorkflowDirectory(client.client);
    return await use({
      runningTaskIds: running.flatMap((each) => (each.cluster === cluster ? (each.taskId ?? []) : [])),
      readHolderState: (holder) => directory.readHolderState(holder),
    });
  } finally {
    await client.close();
  }
};

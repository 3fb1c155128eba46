import type { Leftovers } from '../../inspect/leftovers.ts';
import type { AddVerb, CliContext } from '../cli-context.ts';
import { toUsageFailure } from '../cli-failure.ts';
import type { ExitStatus } from '../cli-failure.ts';
import { addClusterOptions, loadClusterConfiguration, type ClusterOptions } from '../cluster-options.ts';
import { formatLeftovers } from '../format/format-leftovers.ts';
import { scheduleSearch, unscheduleSearch } from '../janitor/schedule-search.ts';
import type { SearchOptions } from '../janitor/search-cluster.ts';
import { undoListed, type UndoOptions } from '../janitor/undo-listed.ts';
import type { Output } from '../output.ts';
import { withClient, withReachableClient } from '../with-client.ts';
import { addExamples, addOutputOption, type Example } from './verb-options.ts';

const EXAMPLES: readonly Example[] = [
  ['janitor', 'list what ended tasks have left, and the commands that remove it'],
  ['janitor worker-7 --undo', 'undo what is left on a node; asks first'],
  ['janitor --schedule "0 * * * *"', 'have workers search every hour'],
];

interface JanitorOptions extends ClusterOptions, UndoOptions, SearchOptions {
  readonly undo?: boolean;
  readonly schedule?: string;
  readonly unschedule?: boolean;
}

/**
 * `janitor`: lists what tasks that no longer run have left in a cluster, with the commands that remove it; with `--undo` it undoes that, with
 * `--schedule` workers search from now on. Exit status without `--undo`: 0 when nothing is left, else 1; with it as `undoListed`.
 */
export const addJanitorVerb: AddVerb = (program, context, act) => {
  const command = program
    .command('janitor')
    .description('list what ended tasks have left in a cluster, e.g. after their workflow was terminated, or undo it')
    .argument('[nodes...]', 'names of nodes, also of deleted ones: only what is left on them (default: all objects)')
    .option('--cluster <name>', 'cluster to search', 'default')
    .option('--task <id>', 'only what this task has left')
    .option('--no-hosts', 'do not connect to hosts')
    .option('--undo', 'undo what is listed, never of a node past its point of no return; asks first')
    .option('--yes', 'do not ask')
    .option('--include-unknown', 'undo also where the workflow cannot be found; make sure that no Temporal runs it')
    .option('--schedule <cron>', 'search the whole cluster at these times from now on, e.g. "0 * * * *", with a worker')
    .option('--unschedule', 'end that schedule');
  addOutputOption(addClusterOptions(command));
  addExamples(command, context.programName, EXAMPLES).action(
    act((output, options: JanitorOptions, nodeNames: readonly string[]) =>
      runJanitor(output, options, nodeNames, context),
    ),
  );
};

const runJanitor = async (
  output: Output,
  options: JanitorOptions,
  nodeNames: readonly string[],
  context: CliContext,
): Promise<ExitStatus> => {
  refuseUnused(options, nodeNames);
  const { cluster: name, schedule, unschedule } = options;
  if (schedule !== undefined)
    return await withClient(context, (client) => scheduleSearch(client, name, schedule, output));
  if (unschedule === true) return await withClient(context, (client) => unscheduleSearch(client, name, output));
  return await searchNow(output, options, nodeNames, context);
};

const searchNow = async (
  output: Output,
  options: JanitorOptions,
  nodeNames: readonly string[],
  context: CliContext,
): Promise<ExitStatus> => {
  // Loaded here, because the Kubernetes client and the worker take a second, which the other verbs do not need.
  const [{ openCluster }, { searchCluster }] = await Promise.all([
    import('../open-cluster.ts'),
    import('../janitor/search-cluster.ts'),
  ]);
  const configuration = loadClusterConfiguration(context, options.cluster, options);
  const cluster = openCluster(configuration, options.cluster);
  return await withReachableClient(context, async (client) => {
    if (client === undefined) output.note('Temporal could not be reached: whether the tasks still run is unknown.');
    const find = (): Promise<Leftovers> => searchCluster(configuration, cluster, options, nodeNames, client);
    const found = await find();
    if (options.undo === true) return await undoListed(cluster, found, find, options, output, context);
    output.result({ version: 1, ...found }, () => formatLeftovers(found));
    return found.leftovers.length === 0 ? 0 : 1;
  });
};

/** An option that would have no effect is a mistake. */
const refuseUnused = (
  { undo, yes, includeUnknown, schedule, unschedule, task }: JanitorOptions,
  nodeNames: readonly string[],
): void => {
  if (undo !== true && (yes ?? includeUnknown ?? false))
    throw toUsageFailure('--yes and --include-unknown are valid only together with --undo.');
  const isScheduling = schedule !== undefined || unschedule === true;
  if (isScheduling && (undo ?? (task !== undefined || nodeNames.length > 0)))
    throw toUsageFailure('--schedule and --unschedule apply to a whole cluster, and a schedule undoes nothing.');
};

import { Option, type Command } from 'commander';
import type { Attribution } from '../../domain/run/status.ts';
import { readDefaultRequester } from '../request/default-requester.ts';
import type { OutputFormat } from '../output.ts';

export interface OutputOptions {
  readonly output: OutputFormat;
}

const PEOPLE_AND_MACHINES = 'text for people; json, yaml: one object on stdout, all else on stderr';

export const addOutputOption = (command: Command): Command =>
  command.addOption(
    new Option('-o, --output <format>', PEOPLE_AND_MACHINES).choices(['text', 'json', 'yaml']).default('text'),
  );

/** For a plan, which has more forms. */
export const addPlanOutputOption = (command: Command): Command =>
  command.addOption(
    new Option('-o, --output <format>', `${PEOPLE_AND_MACHINES}; wide: every pod; markdown: for tickets`)
      .choices(['text', 'wide', 'markdown', 'json', 'yaml'])
      .default('text'),
  );

/** For the verbs that start a request. */
export const addPlanOption = (command: Command): Command =>
  command.option(
    '--plan <file>',
    'run the request of a plan that `plan --out` saved, - = standard input; refused if it would do more than planned',
  );

export interface AttributionOptions {
  readonly by?: string;
  readonly reason?: string;
}

export const addAttributionOptions = (command: Command): Command =>
  command
    .option('--by <name>', 'who requests it (default: your user name)')
    .option('--reason <text>', 'why; recorded in the history');

export const toAttribution = (options: AttributionOptions, environment: NodeJS.ProcessEnv): Attribution => ({
  by: options.by ?? readDefaultRequester(environment),
  reason: options.reason ?? 'requested on the command line',
});

export interface TargetOptions {
  readonly cluster: string;
}

export const addTargetOptions = (command: Command): Command =>
  command
    .argument('[task]', 'task id, workflow id, or a node (default: the only running one)')
    .option('--cluster <name>', 'cluster of the task', 'default');

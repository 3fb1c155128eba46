import { Option, type Command } from 'commander';
import type { Attribution } from '../../domain/run/status.ts';
import { readDefaultRequester } from '../request/default-requester.ts';
import type { OutputFormat } from '../output.ts';

export interface OutputOptions {
  readonly output: OutputFormat;
}

const PEOPLE_AND_MACHINES = 'text for people; json, yaml: one object on stdout, all else on stderr';

/** Forms that only some verbs have, with what they mean there. */
export type ExtraFormats = Readonly<Partial<Record<Exclude<OutputFormat, 'text' | 'json' | 'yaml'>, string>>>;

/** `extra`: further forms of the verb. */
export const addOutputOption = (command: Command, extra: ExtraFormats = {}): Command => {
  const meanings = Object.entries(extra).map(([format, meaning]) => `; ${format}: ${meaning}`);
  return command.addOption(
    new Option('-o, --output <format>', `${PEOPLE_AND_MACHINES}${meanings.join('')}`)
      .choices(['text', ...Object.keys(extra), 'json', 'yaml'])
      .default('text')
      .helpGroup('Output:'),
  );
};

/** For the verbs that follow a decommission; `watch` does so without the flag. */
export const addStreamOption = (command: Command): Command =>
  command.addOption(
    new Option(
      '--stream',
      'with -o json or yaml: also each change of the status, one JSON object per line or one YAML document each',
    ).helpGroup('Output:'),
  );

/** The nodes of a request: names, names on standard input, or labels. */
export const addNodeArguments = (command: Command): Command =>
  command
    .argument('[nodes...]', 'names of the nodes, with or without "node/"; - = names on standard input')
    .option('-l, --selector <labels>', 'the nodes with these labels, as for kubectl, e.g. pool=old');

/** For the verbs that start a request. */
export const addPlanOption = (command: Command): Command =>
  command.option(
    '--plan <file>',
    'run the request of a plan that `plan --out` saved, - = standard input; refused if it would do more than planned',
  );

/** For the verbs that ask before the first change. */
export const addYesOption = (command: Command): Command =>
  command.option('-y, --yes', 'do not ask before the first change (without a terminal, no question is asked)');

/** A command line without the program's name, and what it does. */
export type Example = readonly [words: string, meaning: string];

/** Adds examples to the end of a verb's help; they can be pasted. */
export const addExamples = (command: Command, programName: string, examples: readonly Example[]): Command =>
  command.addHelpText(
    'after',
    () =>
      `\nExamples:\n${examples.map(([words, meaning]) => `  # ${meaning}\n  ${toLine(words, programName)}`).join('\n')}`,
  );

/** The program's name stands at the start, or where `%` does. */
const toLine = (words: string, programName: string): string =>
  words.includes('%') ? words.replace('%', programName) : `${programName} ${words}`;

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
  /** Absent: see `DecommissionTarget`. */
  readonly cluster?: string;
}

/** `fallback`: what the verb does without the argument. */
export const addTargetOptions = (command: Command, fallback = 'the only running one'): Command =>
  command
    .argument('[decommission]', `name of a node, task id, or workflow id, running or closed (default: ${fallback})`)
    .option('--cluster <name>', 'cluster of the decommission (default: any for a running one, else default)');

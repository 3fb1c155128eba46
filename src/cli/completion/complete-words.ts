import type { Command, Option } from 'commander';
import { findVerb } from '../find-verb.ts';

/** One word that may come next. */
export interface Candidate {
  readonly value: string;
  /** Shown by shells that can. */
  readonly description?: string;
}

/** What may come next: words, names that have to be read, or the names of files. */
export type Completion =
  | { readonly kind: 'words'; readonly candidates: readonly Candidate[] }
  | { readonly kind: 'nodes' | 'decommissions' | 'contexts' | 'files' };

const NOTHING: Completion = { kind: 'words', candidates: [] };

const FILE_OPTIONS: readonly string[] = ['--file', '--plan', '--out', '--kubeconfig'];

/**
 * What may come at the place of the last word, which may be empty. `words`: of the command line, without the program. Candidates are not yet
 * reduced to those that start with the last word. Reads nothing.
 */
export const completeWords = (program: Command, words: readonly string[]): Completion => {
  const current = words.at(-1) ?? '';
  const { command, after } = findVerb(program, words.slice(0, -1));
  const previous = findOption(command, after.at(-1));
  if (previous?.required === true) return toOptionValues(previous);
  const [, name] = /^(--[a-z-]+)=/.exec(current) ?? [];
  if (name !== undefined) return withPrefix(toOptionValues(findOption(command, name)), `${name}=`);
  if (current.startsWith('-')) return { kind: 'words', candidates: toFlags(command) };
  if (command.commands.length > 0) return { kind: 'words', candidates: toVerbs(command) };
  return toArguments(command);
};

const findOption = (command: Command, flag: string | undefined): Option | undefined =>
  flag === undefined ? undefined : command.options.find(({ long, short }) => long === flag || short === flag);

const toOptionValues = (option: Option | undefined): Completion => {
  if (option === undefined) return NOTHING;
  const { argChoices, long = '' } = option;
  if (argChoices !== undefined) return { kind: 'words', candidates: argChoices.map((value) => ({ value })) };
  if (FILE_OPTIONS.includes(long)) return { kind: 'files' };
  return long === '--context' ? { kind: 'contexts' } : NOTHING;
};

/** A file or a name that has to be read would need the prefix, too: shells complete it after a space. */
const withPrefix = (completion: Completion, prefix: string): Completion =>
  completion.kind === 'words'
    ? { kind: 'words', candidates: completion.candidates.map(({ value }) => ({ value: `${prefix}${value}` })) }
    : NOTHING;

const toFlags = (command: Command): readonly Candidate[] => [
  ...command.options
    .filter(({ hidden }) => !hidden)
    .map(({ long, short, description }) => ({ value: long ?? short ?? '', description })),
  { value: '--help', description: 'display help for command' },
];

const toVerbs = (command: Command): readonly Candidate[] =>
  command.commands.map((verb) => ({ value: verb.name(), description: verb.description() }));

const toArguments = ({ registeredArguments }: Command): Completion => {
  const [argument] = registeredArguments;
  if (argument === undefined) return NOTHING;
  if (argument.argChoices !== undefined) {
    return { kind: 'words', candidates: argument.argChoices.map((value) => ({ value })) };
  }
  return { kind: argument.name() === 'decommission' ? 'decommissions' : 'nodes' };
};

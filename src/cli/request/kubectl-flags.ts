import { Option, type Command } from 'commander';
import type { RequestKey } from '../../domain/request/keys.ts';
import { toUsageFailure } from '../cli-failure.ts';
import { toDurationSeconds } from './duration-seconds.ts';

interface KubectlFlag {
  /** As commander names its value. */
  readonly attribute: string;
  readonly key: RequestKey;
  readonly flags: readonly string[];
  readonly description: string;
  /** The value of the request's key. */
  readonly toValue: (value: unknown) => unknown;
}

/** Spellings of `kubectl drain` that differ from those of the request's keys; `--force` and `--dry-run` are the same. */
const KUBECTL_FLAGS: readonly KubectlFlag[] = [
  {
    attribute: 'ignoreDaemonsets',
    key: 'ignoreDaemonSets',
    flags: ['--ignore-daemonsets', '--no-ignore-daemonsets'],
    description: 'leave DaemonSet pods on the node; this is the default here',
    toValue: (value) => value,
  },
  {
    attribute: 'deleteEmptydirData',
    key: 'deleteEmptyDirData',
    flags: ['--delete-emptydir-data', '--no-delete-emptydir-data'],
    description: 'same as --delete-empty-dir-data',
    toValue: (value) => value,
  },
  {
    attribute: 'gracePeriod',
    key: 'gracePeriodSeconds',
    flags: ['--grace-period <seconds>'],
    description: 'same as --grace-period-seconds',
    toValue: (value) => (/^-?\d+$/.test(String(value)) ? Number(value) : value),
  },
  {
    attribute: 'timeout',
    key: 'timeoutSeconds',
    flags: ['--timeout <duration>'],
    description: 'same as --timeout-seconds, with units: 90s, 10m, 1h30m; 0 = no limit (default: 1h)',
    toValue: (value) => toDurationSeconds('--timeout', String(value)),
  },
];

interface AbsentFlag {
  readonly attribute: string;
  readonly flags: string;
  /** Why it is not here, and what to use. */
  readonly answer: string;
}

/** Flags of `kubectl drain` without an equivalent: an answer is more useful than "unknown option". */
const ABSENT_FLAGS: readonly AbsentFlag[] = [
  {
    attribute: 'disableEviction',
    flags: '--disable-eviction',
    answer:
      'pods are removed through the Eviction API, so that every PodDisruptionBudget holds. `plan` names each budget that can never ' +
      'allow an eviction, and who can change it: change that budget instead. `pod force` deletes one pod despite its budgets, and ' +
      '--on-timeout delete what is left shortly before the limit',
  },
  {
    attribute: 'podSelector',
    flags: '--pod-selector <selector>',
    answer:
      'a node is removed only once all of its pods are gone, DaemonSet pods excepted. To evict some pods and keep the node, use ' +
      '`kubectl drain --pod-selector`, or name those that stay: --keep-pods, --no-delete-node and --host-cleanup skip. To keep the ' +
      'node and evict all pods, use --no-delete-node',
  },
  {
    attribute: 'skipWaitForDeleteTimeout',
    flags: '--skip-wait-for-delete-timeout <seconds>',
    answer:
      'a pod that is being deleted still counts as present until it is gone. Omit this flag; --timeout limits the drain',
  },
  {
    attribute: 'chunkSize',
    flags: '--chunk-size <number>',
    answer: 'long lists are always read page by page. Omit this flag',
  },
];

/** Adds the spellings of `kubectl drain`, so that its command lines can be used unchanged. Help has them in a group of their own. */
export const addKubectlFlags = (command: Command): Command => {
  for (const { flags, description } of KUBECTL_FLAGS) {
    const [shown = '', negated] = flags;
    command.addOption(new Option(shown, description).helpGroup('Spellings of kubectl drain:'));
    if (negated !== undefined) command.addOption(new Option(negated).hideHelp());
  }
  for (const { flags } of ABSENT_FLAGS) command.addOption(new Option(flags).hideHelp());
  return command;
};

/**
 * The keys of the request that kubectl's spellings give, with their values.
 *
 * @throws CliFailure `Usage`: a flag has no equivalent (the message names what to use), a duration cannot be read, or the same key is
 *   given with our spelling too.
 */
export const toKubectlKeys = (options: Readonly<Record<string, unknown>>): Partial<Record<RequestKey, unknown>> => {
  for (const { attribute, flags, answer } of ABSENT_FLAGS) {
    if (options[attribute] !== undefined) throw toUsageFailure(`${toName(flags)} is not supported: ${answer}.`);
  }
  const given: Partial<Record<RequestKey, unknown>> = {};
  for (const { attribute, key, flags, toValue } of KUBECTL_FLAGS) {
    if (options[attribute] === undefined) continue;
    if (options[key] !== undefined) {
      throw toUsageFailure(`${toName(flags[0] ?? '')} and the flag of \`${key}\` are the same setting; pass only one.`);
    }
    given[key] = toValue(options[attribute]);
  }
  return given;
};

const toName = (flags: string): string => flags.split(' ')[0] ?? flags;

/** How a flag that is on or off is written; absent: omitting it has that effect. */
interface Switch {
  readonly on?: string;
  readonly off?: string;
}

/** The flags of a command that are on or off, by their names without dashes. */
const listSwitches = (command: Command): ReadonlyMap<string, Switch> => {
  const switches = new Map<string, Switch>();
  for (const { long, negate, required, optional } of command.options) {
    if (long === undefined || required || optional) continue;
    const name = long.replace(negate ? /^--no-/ : /^--/, '');
    switches.set(name, { ...switches.get(name), [negate ? 'off' : 'on']: long });
  }
  return switches;
};

/** kubectl has `client` and `server`: both change nothing, as here. */
const DRY_RUN_VALUES: Readonly<Record<string, string>> = {
  client: '--dry-run',
  server: '--dry-run',
  true: '--dry-run',
  none: '--no-dry-run',
  false: '--no-dry-run',
};

/**
 * kubectl takes `--force=false` and `--dry-run=server`: the same words as this program's parser reads them, `--no-force` and `--dry-run`.
 * Words after `--` are kept. Pure.
 * @param command the verb that the words name; its definition has the flags that are on or off
 * @throws CliFailure `Usage`: a flag that is on or off has another value.
 */
export const withoutSwitchValues = (command: Command, words: readonly string[]): readonly string[] => {
  const switches = listSwitches(command);
  const end = words.includes('--') ? words.indexOf('--') : words.length;
  return words.flatMap((word, index) => (index < end ? toSwitch(word, switches) : [word]));
};

const toSwitch = (word: string, switches: ReadonlyMap<string, Switch>): readonly string[] => {
  const [, name = '', value = ''] = /^--([a-z-]+)=(.*)$/.exec(word) ?? [];
  const found = switches.get(name);
  if (found === undefined) return [word];
  return name === 'dry-run' ? [toDryRun(word, value)] : toWritten(word, value, found);
};

const toDryRun = (word: string, value: string): string =>
  DRY_RUN_VALUES[value] ?? refuseValue(word, '--dry-run, --dry-run=client, --dry-run=server or --dry-run=none');

const toWritten = (word: string, value: string, { on, off }: Switch): readonly string[] => {
  if (value !== 'true' && value !== 'false') refuseValue(word, [on, off].filter(Boolean).join(' or '));
  const written = value === 'true' ? on : off;
  return written === undefined ? [] : [written];
};

const refuseValue = (word: string, instead: string): never => {
  throw toUsageFailure(`${word} cannot be read: write ${instead}.`);
};

import { Option, type Command } from 'commander';
import { REQUEST_CHOICES, type ChoiceKey } from '../../domain/request/choices.ts';
import type { TimeWindow } from '../../domain/request/decommission-request.ts';
import { REQUEST_DEFAULTS } from '../../domain/request/defaults.ts';
import { toCanonicalKey, type RequestKey } from '../../domain/request/keys.ts';
import { toUsageFailure } from '../cli-failure.ts';
import { addKubectlFlags, toKubectlKeys } from './kubectl-flags.ts';
import { toFlagGroup } from './flag-groups.ts';

type FlagKind = 'boolean' | 'text' | 'choice' | 'number' | 'amount' | 'workloads' | 'windows';

interface RequestFlag {
  readonly kind: FlagKind;
  /** For a boolean: of the spelling that changes its default, which is the one that help shows. */
  readonly description: string;
}

/** Every key of a request but `nodeNames`, which are the arguments, and `expectedPlan`, which is part of a saved plan. The request's own parser checks the values. */
const REQUEST_FLAGS: Readonly<Record<Exclude<RequestKey, 'nodeNames' | 'expectedPlan'>, RequestFlag>> = {
  taskId: { kind: 'text', description: 'id of the task (default: a hash of cluster and node names)' },
  requestedBy: { kind: 'text', description: 'who requests it (default: your user name)' },
  reason: { kind: 'text', description: 'why; recorded in the report and on the node' },
  cluster: { kind: 'text', description: 'name of the cluster in the configuration (default: default)' },
  force: { kind: 'boolean', description: 'allow evicting unmanaged pods, which are not recreated' },
  ignoreDaemonSets: {
    kind: 'boolean',
    description: 'fail if DaemonSet pods are on the node (default: leave them)',
  },
  daemonSets: {
    kind: 'choice',
    description:
      'DaemonSet pods, once the node is empty: evicted before the kubelet is stopped, or left to end with it',
  },
  deleteEmptyDirData: { kind: 'boolean', description: 'allow evicting pods with emptyDir volumes, whose data is lost' },
  timeoutSeconds: { kind: 'number', description: 'limit for the drain of one node, 0 = no limit (default: 3600)' },
  onTimeout: {
    kind: 'choice',
    description: 'pods that are left shortly before the limit; delete ignores their budgets',
  },
  gracePeriodSeconds: { kind: 'number', description: "at least 1, or -1 = each pod's own (default: -1)" },
  maxUnavailable: {
    kind: 'amount',
    description: 'of created budgets, and of workloads without one, e.g. 1 or 25% (default: 25%)',
  },
  replicaSets: { kind: 'workloads', description: 'create budgets only for these: namespace/name,namespace/name' },
  statefulSets: { kind: 'workloads', description: 'create budgets only for these: namespace/name,namespace/name' },
  cloneSets: { kind: 'workloads', description: 'create budgets only for these: namespace/name,namespace/name' },
  preflight: { kind: 'choice', description: 'how findings are handled; safety refusals always apply' },
  assumeAutoscaling: { kind: 'boolean', description: 'warn about too little room: an autoscaler adds nodes' },
  singleReplica: {
    kind: 'choice',
    description: 'workloads with one replica; surge starts a second one first, evict accepts their outage',
  },
  jobs: {
    kind: 'choice',
    description: 'pods of Jobs: evicted, so that their work starts over, or waited for within the limit',
  },
  waitForReplacements: {
    kind: 'boolean',
    description: 'do not wait until replacements of evicted pods are Ready',
  },
  keepPods: { kind: 'text', description: 'label selector of pods that stay on the node, which is only drained' },
  deadNode: {
    kind: 'choice',
    description:
      'a node whose kubelet does not report: refused, or marked out of service once `approve --machine-is-off` confirms that',
  },
  hostCleanup: {
    kind: 'choice',
    description: 'cleanup of the host; bestEffort continues when the host is unreachable',
  },
  deleteNode: { kind: 'boolean', description: 'keep the Node object, cordoned (default: delete it)' },
  maxConcurrentNodes: { kind: 'amount', description: 'nodes decommissioned at once (default: 1)' },
  maxConcurrentPerZone: { kind: 'number', description: 'nodes of one zone at once (default: no limit of its own)' },
  oneZoneAtATime: { kind: 'boolean', description: 'end all nodes of a zone before the next zone starts' },
  nodeOrder: { kind: 'choice', description: 'in which order nodes start' },
  cordon: { kind: 'choice', description: 'all nodes first, or each when it starts; until then pods avoid it' },
  stopAfterFailures: {
    kind: 'number',
    description: 'nodes that are not decommissioned before no other starts (default: 1)',
  },
  onNodeParked: { kind: 'choice', description: 'what the other nodes do while one waits for an operator' },
  windows: {
    kind: 'windows',
    description:
      'start nodes only then: cron, time zone and minutes, e.g. "0 22 * * MON-FRI Europe/Berlin 480"; more after ";"',
  },
  onWindowClose: { kind: 'choice', description: 'a node that drains when the window closes' },
  approval: { kind: 'choice', description: 'the step before which each node waits for `approve`' },
  dryRun: { kind: 'boolean', description: 'plan and report, change nothing' },
};

const VALUE_NAMES: Readonly<Record<Exclude<FlagKind, 'boolean'>, string>> = {
  text: '<text>',
  choice: '<choice>',
  number: '<number>',
  amount: '<number or percent>',
  workloads: '<names>',
  windows: '<windows>',
};

const entries = Object.entries(REQUEST_FLAGS) as readonly [keyof typeof REQUEST_FLAGS, RequestFlag][];
const toFlagName = (key: string): string => key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/**
 * Adds each key of a request as a kebab-case flag; booleans also as `--no-…`, so that a flag can override the file both ways. Help
 * leaves out what this version refuses; the parser answers it.
 */
export const addRequestFlags = (command: Command): Command => {
  command.option('-f, --file <path>', 'the request as JSON or YAML, - = standard input; a flag overrides the file');
  for (const [key, flag] of entries) {
    for (const option of toOptions(key, flag)) command.addOption(option.helpGroup(toFlagGroup(key)));
  }
  return addKubectlFlags(command);
};

const toOptions = (key: keyof typeof REQUEST_FLAGS, { kind, description }: RequestFlag): readonly Option[] => {
  const name = toFlagName(key);
  if (kind === 'boolean') {
    const onByDefault = key in REQUEST_DEFAULTS && REQUEST_DEFAULTS[key as keyof typeof REQUEST_DEFAULTS] === true;
    return [
      new Option(`--${name}`, description).hideHelp(onByDefault),
      new Option(`--no-${name}`, description).hideHelp(!onByDefault),
    ];
  }
  const option = new Option(`--${name} ${VALUE_NAMES[kind]}`, description);
  return [isChoiceKey(key) ? withChoices(option, key) : option];
};

const isChoiceKey = (key: string): key is ChoiceKey => key in REQUEST_CHOICES;

/** For help and completion. The parser checks the value: its answer names what this version lacks, and is JSON under `-o json`. */
const withChoices = (option: Option, key: ChoiceKey): Option => {
  option.choices(REQUEST_CHOICES[key]).argParser((value) => value);
  option.description += ` (default: ${REQUEST_DEFAULTS[key]})`;
  return option;
};

/**
 * The request that arguments, flags and the parsed file describe together; not checked yet. A flag removes every spelling of its key
 * from the file.
 *
 * @throws CliFailure \`Usage\`: the file is not a JSON object, or a list of workloads cannot be read.
 */
export const toRequestObject = (
  nodeNames: readonly string[],
  flags: Readonly<Record<string, unknown>>,
  file: unknown,
): Record<string, unknown> => {
  const value = nodeNames.find((name) => name === 'true' || name === 'false');
  if (value !== undefined) {
    throw toUsageFailure(
      `"${value}" was read as a node name: flags that are on or off take no value. Write --delete-node or --no-delete-node.`,
    );
  }
  const given: Record<string, unknown> = { ...(nodeNames.length > 0 ? { nodeNames } : {}), ...toKubectlKeys(flags) };
  for (const [key, { kind }] of entries) {
    if (flags[key] !== undefined) given[key] = toValue(key, kind, flags[key]);
  }
  return { ...toFileKeys(file, given), ...given };
};

const toFileKeys = (file: unknown, given: Readonly<Record<string, unknown>>): Record<string, unknown> => {
  if (file === undefined) return {};
  if (typeof file !== 'object' || file === null || Array.isArray(file)) {
    throw toUsageFailure('the request file must contain one JSON or YAML object, such as {"nodeNames": ["node-1"]}.');
  }
  return Object.fromEntries(Object.entries(file).filter(([spelling]) => !((toCanonicalKey(spelling) ?? '') in given)));
};

const toValue = (key: string, kind: FlagKind, value: unknown): unknown => {
  if ((kind === 'number' || kind === 'amount') && typeof value === 'string' && /^-?\d+$/.test(value))
    return Number(value);
  if (kind === 'workloads' && typeof value === 'string') return toWorkloadNames(key, value);
  if (kind === 'windows' && typeof value === 'string') return toWindows(key, value);
  return value;
};

const toWorkloadNames = (key: string, list: string): readonly { namespace: string; name: string }[] =>
  list.split(',').map((item) => {
    const [namespace, name, ...rest] = item.trim().split('/');
    if (namespace === undefined || namespace === '' || name === undefined || name === '' || rest.length > 0) {
      throw toUsageFailure(
        `--${toFlagName(key)} takes namespace/name,namespace/name; "${item}" does not have this form.`,
      );
    }
    return { namespace, name };
  });

/** The request's own parser checks the values. */
const toWindows = (key: string, list: string): readonly TimeWindow[] =>
  list.split(';').map((item) => {
    const words = item.trim().split(/\s+/);
    const [timeZone, minutes] = words.slice(5);
    if (words.length !== 7 || timeZone === undefined || !/^\d+$/.test(minutes ?? '')) {
      throw toUsageFailure(
        `--${toFlagName(key)} takes the 5 fields of a cron schedule, a time zone and minutes, e.g. "0 22 * * MON-FRI Europe/Berlin 480"; "${item}" does not have this form.`,
      );
    }
    return { cron: words.slice(0, 5).join(' '), timeZone, durationMinutes: Number(minutes) };
  });

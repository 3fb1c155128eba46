import { Option, type Command } from 'commander';
import { toCanonicalKey, type RequestKey } from '../../domain/request/keys.ts';
import { toUsageFailure } from '../cli-failure.ts';

type FlagKind = 'boolean' | 'text' | 'number' | 'amount' | 'workloads';

interface RequestFlag {
  readonly kind: FlagKind;
  readonly description: string;
}

/** Every key of a request but `nodeNames`, which are the arguments. Values are checked by the request's own parser, not here. */
const REQUEST_FLAGS: Readonly<Record<Exclude<RequestKey, 'nodeNames'>, RequestFlag>> = {
  taskId: { kind: 'text', description: 'id of the task (default: made from cluster and node names)' },
  requestedBy: { kind: 'text', description: 'who asks for it (default: your user name)' },
  reason: { kind: 'text', description: 'why; kept in the report and on the node' },
  cluster: { kind: 'text', description: 'name of the cluster in the configuration (default: default)' },
  force: { kind: 'boolean', description: 'bare pods may be deleted: nothing makes them anew' },
  ignoreDaemonSets: { kind: 'boolean', description: 'leave DaemonSet pods on the node (default: yes)' },
  deleteEmptyDirData: { kind: 'boolean', description: 'data in emptyDir volumes may be lost' },
  timeoutSeconds: { kind: 'number', description: 'bounds the drain of one node, 0 = no bound (default: 3600)' },
  gracePeriodSeconds: { kind: 'number', description: "at least 1, or -1 = each pod's own (default: -1)" },
  maxUnavailable: { kind: 'amount', description: 'of the budgets that are made, e.g. 1 or 25% (default: 25%)' },
  replicaSets: { kind: 'workloads', description: 'only these get budgets: namespace/name,namespace/name' },
  statefulSets: { kind: 'workloads', description: 'only these get budgets: namespace/name,namespace/name' },
  cloneSets: { kind: 'workloads', description: 'only these get budgets: namespace/name,namespace/name' },
  preflight: { kind: 'text', description: 'enforce, warn or skip (default: enforce)' },
  singleReplica: { kind: 'text', description: 'block, surge or evict (default: block)' },
  hostCleanup: { kind: 'text', description: 'required, bestEffort or skip (default: required)' },
  deleteNode: { kind: 'boolean', description: 'delete the Node object (default: yes)' },
  maxConcurrentNodes: { kind: 'amount', description: 'nodes drained at once (default: 1)' },
  approval: { kind: 'text', description: 'none, beforeEviction or beforeNodeDeletion (default: none)' },
  dryRun: { kind: 'boolean', description: 'plan and report, change nothing' },
};

const VALUE_NAMES: Readonly<Record<Exclude<FlagKind, 'boolean'>, string>> = {
  text: '<text>',
  number: '<number>',
  amount: '<number or percent>',
  workloads: '<names>',
};

const entries = Object.entries(REQUEST_FLAGS) as readonly [keyof typeof REQUEST_FLAGS, RequestFlag][];
const toFlagName = (key: string): string => key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** Adds each key of a request as a kebab-case flag; booleans also as `--no-…`, so that a flag can win over the file both ways. */
export const addRequestFlags = (command: Command): Command => {
  command.option('-f, --file <path>', 'the request as a JSON file, - = standard input; a flag wins over the file');
  for (const [key, { kind, description }] of entries) {
    const name = toFlagName(key);
    if (kind === 'boolean') {
      const onByDefault = description.includes('default: yes');
      command.addOption(new Option(`--${name}`, description).hideHelp(onByDefault));
      command.addOption(new Option(`--no-${name}`, `do not ${description}`).hideHelp(!onByDefault));
    } else {
      command.option(`--${name} ${VALUE_NAMES[kind]}`, description);
    }
  }
  return command;
};

/**
 * The request that arguments, flags and the parsed file describe together; still unchecked. A flag removes every spelling of its key
 * from the file. Throws a usage failure when the file is no JSON object or a list of workloads cannot be read.
 */
export const toRequestObject = (
  nodeNames: readonly string[],
  flags: Readonly<Record<string, unknown>>,
  file: unknown,
): Record<string, unknown> => {
  const value = nodeNames.find((name) => name === 'true' || name === 'false');
  if (value !== undefined) {
    throw toUsageFailure(
      `"${value}" was taken for a node's name: flags that are on or off take no value, write --delete-node or --no-delete-node.`,
    );
  }
  const given: Record<string, unknown> = nodeNames.length > 0 ? { nodeNames } : {};
  for (const [key, { kind }] of entries) {
    if (flags[key] !== undefined) given[key] = toValue(key, kind, flags[key]);
  }
  return { ...toFileKeys(file, given), ...given };
};

const toFileKeys = (file: unknown, given: Readonly<Record<string, unknown>>): Record<string, unknown> => {
  if (file === undefined) return {};
  if (typeof file !== 'object' || file === null || Array.isArray(file)) {
    throw toUsageFailure('the request file must hold one JSON object, such as {"nodeNames": ["node-1"]}.');
  }
  return Object.fromEntries(Object.entries(file).filter(([spelling]) => !((toCanonicalKey(spelling) ?? '') in given)));
};

const toValue = (key: string, kind: FlagKind, value: unknown): unknown => {
  if ((kind === 'number' || kind === 'amount') && typeof value === 'string' && /^-?\d+$/.test(value))
    return Number(value);
  if (kind === 'workloads' && typeof value === 'string') return toWorkloadNames(key, value);
  return value;
};

const toWorkloadNames = (key: string, list: string): readonly { namespace: string; name: string }[] =>
  list.split(',').map((item) => {
    const [namespace, name, ...rest] = item.trim().split('/');
    if (namespace === undefined || namespace === '' || name === undefined || name === '' || rest.length > 0) {
      throw toUsageFailure(`--${toFlagName(key)} takes namespace/name,namespace/name; "${item}" is not of that form.`);
    }
    return { namespace, name };
  });

import type { DecommissionRequest } from './decommission-request.ts';
import type { JsonObject } from '../text/json-text.ts';
import { toQuotedKey } from './quoted-value.ts';
import { REQUEST_CHOICES } from './choices.ts';
import { readClusterName } from './read-cluster-name.ts';
import { toCountOrPercentReader, toCountReader } from './read-count-or-percent.ts';
import { readGracePeriodSeconds, readTimeoutSeconds } from './read-durations.ts';
import { readExpectedPlan } from './read-expected-plan.ts';
import { readKeepPods } from './read-keep-pods.ts';
import { readNodeNames } from './read-node-names.ts';
import { readWindows } from './read-windows.ts';
import { readWorkloadNames } from './read-workload-names.ts';
import { readBoolean, toChoiceReader, toTextOrNumberReader, toTextReader, type RequestProblem } from './field.ts';
import type { FieldReader } from './field-reader.ts';
import type { KeyReader } from './schema/json-schema.ts';
import { REQUEST_KEYS, toCanonicalKey, type RequestKey } from './keys.ts';
import { toUnknownKeyProblem } from './unknown-key.ts';

type RequestValue<Key extends RequestKey> = NonNullable<DecommissionRequest[Key]>;

/** The checked values of a request; keys that it omits are absent. */
export type RequestFields = { readonly [Key in RequestKey]?: RequestValue<Key> };

/** One reader for each key: it validates the value, and has its schema and the type for callers. */
export const REQUEST_READERS = {
  nodeNames: readNodeNames,
  taskId: toTextOrNumberReader(1000),
  requestedBy: toTextReader(200),
  reason: toTextReader(2000),
  cluster: readClusterName,
  force: readBoolean,
  ignoreDaemonSets: readBoolean,
  daemonSets: toChoiceReader(REQUEST_CHOICES.daemonSets),
  deleteEmptyDirData: readBoolean,
  timeoutSeconds: readTimeoutSeconds,
  onTimeout: toChoiceReader(REQUEST_CHOICES.onTimeout),
  gracePeriodSeconds: readGracePeriodSeconds,
  maxUnavailable: toCountOrPercentReader(', which would block every eviction'),
  replicaSets: readWorkloadNames,
  statefulSets: readWorkloadNames,
  cloneSets: readWorkloadNames,
  preflight: toChoiceReader(REQUEST_CHOICES.preflight),
  assumeAutoscaling: readBoolean,
  singleReplica: toChoiceReader(REQUEST_CHOICES.singleReplica),
  jobs: toChoiceReader(REQUEST_CHOICES.jobs),
  keepPods: readKeepPods,
  waitForReplacements: readBoolean,
  hostCleanup: toChoiceReader(REQUEST_CHOICES.hostCleanup),
  deleteNode: readBoolean,
  maxConcurrentNodes: toCountOrPercentReader(', which would start no node'),
  maxConcurrentPerZone: toCountReader('; omit it for no limit per zone'),
  oneZoneAtATime: readBoolean,
  nodeOrder: toChoiceReader(REQUEST_CHOICES.nodeOrder),
  cordon: toChoiceReader(REQUEST_CHOICES.cordon),
  stopAfterFailures: toCountReader(': no node could start'),
  onNodeParked: toChoiceReader(REQUEST_CHOICES.onNodeParked),
  windows: readWindows,
  onWindowClose: toChoiceReader(REQUEST_CHOICES.onWindowClose),
  approval: toChoiceReader(REQUEST_CHOICES.approval),
  deadNode: toChoiceReader(REQUEST_CHOICES.deadNode),
  dryRun: readBoolean,
  expectedPlan: readExpectedPlan,
} as const satisfies { readonly [Key in RequestKey]: KeyReader<RequestValue<Key>, unknown> };

interface SpelledKeys {
  /** By canonical key: the spellings to which the caller assigned a value. */
  readonly spellings: ReadonlyMap<RequestKey, readonly string[]>;
  readonly unknownKeys: readonly string[];
}

/** `null` counts as absent, because Go clients send it for omitted fields; an unknown key is reported even with `null`. */
const readSpelledKeys = (source: JsonObject): SpelledKeys => {
  const spellings = new Map<RequestKey, readonly string[]>();
  const unknownKeys: string[] = [];
  for (const [spelling, value] of Object.entries(source)) {
    const key = toCanonicalKey(spelling);
    if (key === undefined) {
      unknownKeys.push(spelling);
    } else if (value !== null && value !== undefined) {
      spellings.set(key, [...(spellings.get(key) ?? []), spelling]);
    }
  }
  return { spellings, unknownKeys };
};

const readField = <Key extends RequestKey>(
  fields: { [Name in Key]?: RequestValue<Name> },
  key: Key,
  value: unknown,
): string | undefined => {
  const reading = (REQUEST_READERS[key] as FieldReader<RequestValue<Key>>)(value);
  if (!reading.ok) {
    return reading.complaint;
  }
  fields[key] = reading.value;
  return undefined;
};

/** Checks every value of the object, and that it has no unknown key. Problems are in a fixed order, at most one per key. */
export const readRequestFields = (
  source: JsonObject,
): { readonly fields: RequestFields; readonly problems: readonly RequestProblem[] } => {
  const { spellings, unknownKeys } = readSpelledKeys(source);
  const problems = unknownKeys.map(toUnknownKeyProblem);
  const fields: { [Key in RequestKey]?: RequestValue<Key> } = {};
  for (const key of REQUEST_KEYS) {
    const [spelling, other] = spellings.get(key) ?? [];
    if (spelling === undefined) {
      continue;
    }
    const complaint =
      other === undefined
        ? readField(fields, key, source[spelling])
        : `and ${toQuotedKey(other)} are spellings of the same key; pass only \`${key}\``;
    if (complaint !== undefined) {
      problems.push({ key: spelling, message: `${toQuotedKey(spelling)} ${complaint}` });
    }
  }
  return { fields, problems };
};

import type { DecommissionRequest, WorkloadName } from './decommission-request.ts';
import { withSpelledNones } from './none.ts';
import { toStableHash } from '../text/stable-hash.ts';

/** Keys that do not change what the task does. */
const NOT_OF_THE_DRAIN: readonly string[] = ['requestedBy', 'reason'] satisfies (keyof DecommissionRequest)[];

/** Keys that 0.1 does not have: with this value they do not count, so that a drain that 0.1 started is found again. */
const ADDED_DEFAULTS = {
  daemonSets: 'terminateLast',
  onTimeout: 'rollBack',
  assumeAutoscaling: false,
  jobs: 'evict',
  waitForReplacements: true,
  deadNode: 'refuse',
  oneZoneAtATime: false,
  nodeOrder: 'asGiven',
  cordon: 'allFirst',
  stopAfterFailures: 1,
  onNodeParked: 'wait',
  onWindowClose: 'finishNode',
} as const satisfies Partial<DecommissionRequest>;

const toSortedSet = (texts: readonly string[]): readonly string[] => [...new Set(texts)].sort();

const toWorkloadSet = (names: readonly WorkloadName[] | undefined): readonly string[] | undefined =>
  names && toSortedSet(names.map(({ namespace, name }) => `${namespace}/${name}`));

/**
 * 16 hex digits, equal for two requests for the same drain. The order of nodes and of workloads does not matter, and neither do
 * `requestedBy` and `reason`: the same request by another user attaches to the running drain.
 */
export const toRequestFingerprint = (request: DecommissionRequest): string => {
  const canonical: Record<string, unknown> = {
    ...withSpelledNones(request),
    nodeNames: toSortedSet(request.nodeNames),
    replicaSets: toWorkloadSet(request.replicaSets),
    statefulSets: toWorkloadSet(request.statefulSets),
    cloneSets: toWorkloadSet(request.cloneSets),
  };
  const entries = Object.keys(canonical)
    .filter((key) => !NOT_OF_THE_DRAIN.includes(key) && !isAddedDefault(key, canonical[key]))
    .sort()
    .map((key) => [key, canonical[key] ?? null]);
  return toStableHash(JSON.stringify(entries));
};

const isAddedDefault = (key: string, value: unknown): boolean =>
  key in ADDED_DEFAULTS && (value === undefined || value === ADDED_DEFAULTS[key as keyof typeof ADDED_DEFAULTS]);

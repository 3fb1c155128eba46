import type { DecommissionRequest } from './decommission-request.ts';

/** A key of the request in its canonical spelling. */
export type RequestKey = Exclude<keyof DecommissionRequest, 'maxUnavailableGiven'>;

/** Older names that callers still send, in addition to camel case and snake case. */
const OLDER_NAMES: Readonly<Record<RequestKey, readonly string[]>> = {
  nodeNames: ['Nodenames'],
  taskId: ['id'],
  requestedBy: [],
  reason: [],
  cluster: ['cluster_id'],
  force: [],
  ignoreDaemonSets: ['ignore_daemonsets'],
  daemonSets: [],
  deleteEmptyDirData: ['delete_local_data', 'deleteLocalData'],
  timeoutSeconds: ['timeout'],
  onTimeout: [],
  gracePeriodSeconds: [],
  maxUnavailable: [],
  replicaSets: ['replica_set_list'],
  statefulSets: ['stateful_set_list'],
  cloneSets: ['clone_set_list'],
  preflight: [],
  assumeAutoscaling: [],
  singleReplica: [],
  jobs: [],
  keepPods: [],
  waitForReplacements: [],
  deadNode: [],
  hostCleanup: [],
  deleteNode: [],
  maxConcurrentNodes: [],
  maxConcurrentPerZone: [],
  oneZoneAtATime: [],
  nodeOrder: [],
  cordon: [],
  stopAfterFailures: [],
  onNodeParked: [],
  windows: [],
  onWindowClose: [],
  approval: [],
  dryRun: [],
  expectedPlan: [],
};

/** Every key of a request, in the order of the documentation. */
export const REQUEST_KEYS = Object.keys(OLDER_NAMES) as readonly RequestKey[];

const toSnakeCase = (key: string): string => key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

const CANONICAL_KEYS: ReadonlyMap<string, RequestKey> = new Map(
  REQUEST_KEYS.flatMap((key) =>
    [key, toSnakeCase(key), ...OLDER_NAMES[key]].map((spelling) => [spelling, key] as const),
  ),
);

/** Every spelling that a request may use. */
export const REQUEST_SPELLINGS: readonly string[] = [...CANONICAL_KEYS.keys()];

/** The canonical key of a spelling; `undefined` for any other text, including inherited names like `constructor`. */
export const toCanonicalKey = (spelling: string): RequestKey | undefined => CANONICAL_KEYS.get(spelling);

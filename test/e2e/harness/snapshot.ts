import { awaitCondition } from '../../../stack/processes/await-condition.ts';
import type { Stack } from '../../../stack/stack.ts';

/** Everything but pods that a drain could touch. */
const KINDS = [
  'nodes',
  'poddisruptionbudgets',
  'deployments',
  'replicasets',
  'statefulsets',
  'daemonsets',
  'jobs',
  'persistentvolumeclaims',
  'persistentvolumes',
];

interface KubeObject {
  readonly kind: string;
  readonly metadata: {
    readonly namespace?: string;
    readonly name: string;
    readonly uid: string;
    readonly labels?: Record<string, string>;
    readonly annotations?: Record<string, string>;
    readonly finalizers?: string[];
  };
  readonly spec?: Record<string, unknown>;
}

/** By `Kind namespace/name`: what "put back exactly" compares. */
export type Snapshot = Readonly<Record<string, unknown>>;

/** Reads spec (with taints), labels, annotations and finalizers of every object of KINDS; not resourceVersion, status or managedFields. */
export const readSnapshot = async (stack: Stack): Promise<Snapshot> => {
  const { stdout, stderr, exitCode } = await stack.kubectl(['get', KINDS.join(','), '-A', '-o', 'json']);
  if (exitCode !== 0) throw new Error(`kubectl get failed: ${stderr}`);
  const { items } = JSON.parse(stdout) as { items: readonly KubeObject[] };
  return Object.fromEntries(
    items.map(({ kind, metadata, spec }) => [
      `${kind} ${metadata.namespace ?? ''}/${metadata.name}`,
      {
        uid: metadata.uid,
        labels: metadata.labels ?? {},
        annotations: metadata.annotations ?? {},
        finalizers: metadata.finalizers ?? [],
        spec: toComparableSpec(spec ?? {}),
      },
    ]),
  );
};

/** The node lifecycle controller adds and removes its unschedulable taint by itself, with the time of it. */
const toComparableSpec = (spec: Record<string, unknown>): Record<string, unknown> => {
  const taints = spec['taints'] as readonly { key: string; timeAdded?: string }[] | undefined;
  return taints ? { ...spec, taints: taints.map(({ timeAdded: _timeAdded, ...taint }) => taint) } : spec;
};

/**
 * Waits until the snapshot equals `before`, 60 s unless told: controllers take their own taint off a moment after an uncordon. After an
 * outage of the API server they take longer, since they try again less and less often.
 */
export const awaitSnapshot = async (
  stack: Stack,
  before: Snapshot,
  timeoutMilliseconds = 60_000,
): Promise<Snapshot> => {
  let now = await readSnapshot(stack);
  await awaitCondition(
    'everything is as before',
    async () => {
      now = await readSnapshot(stack);
      return JSON.stringify(now) === JSON.stringify(before);
    },
    { timeoutMilliseconds },
  ).catch(() => undefined); // The caller compares, and shows the difference.
  return now;
};

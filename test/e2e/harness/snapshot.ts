import { awaitCondition } from '../../../stack/processes/await-condition.ts';
import type { KubernetesObject } from '../../../stack/cluster-fixtures/kubernetes-object.ts';
import type { Stack } from '../../../stack/stack.ts';

/** Everything that a drain could change, except pods. */
const COLLECTIONS: Readonly<Record<string, string>> = {
  Node: '/api/v1/nodes',
  PodDisruptionBudget: '/apis/policy/v1/poddisruptionbudgets',
  Deployment: '/apis/apps/v1/deployments',
  ReplicaSet: '/apis/apps/v1/replicasets',
  StatefulSet: '/apis/apps/v1/statefulsets',
  DaemonSet: '/apis/apps/v1/daemonsets',
  Job: '/apis/batch/v1/jobs',
  PersistentVolumeClaim: '/api/v1/persistentvolumeclaims',
  PersistentVolume: '/api/v1/persistentvolumes',
};

/** By `Kind namespace/name`: what an exact undo is compared by. */
export type Snapshot = Readonly<Record<string, unknown>>;

/** Reads spec (with taints), labels, annotations and finalizers of every object of COLLECTIONS; not resourceVersion, status or managedFields. */
export const readSnapshot = async (stack: Stack): Promise<Snapshot> => {
  const items = await Promise.all(
    Object.entries(COLLECTIONS).map(async ([kind, path]) =>
      (await stack.api.list(path)).map(({ metadata, spec }) => ({ kind, metadata, spec })),
    ),
  );
  return Object.fromEntries(
    items.flat().map(({ kind, metadata, spec }) => [
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

/** The node lifecycle controller adds and removes its own unschedulable taint, with a timestamp. */
const toComparableSpec = (spec: NonNullable<KubernetesObject['spec']>): Record<string, unknown> => {
  const taints = spec['taints'] as readonly { key: string; timeAdded?: string }[] | undefined;
  return taints ? { ...spec, taints: taints.map(({ timeAdded: _timeAdded, ...taint }) => taint) } : spec;
};

/**
 * Waits until the snapshot equals `before`, by default 60 s: controllers remove their own taint a moment after an uncordon. After an outage
 * of the API server they take longer, since they retry at growing intervals.
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
    { timeoutMilliseconds, intervalMilliseconds: 500 },
  ).catch(() => undefined); // The caller compares, and reports the difference.
  return now;
};

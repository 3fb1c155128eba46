import { awaitCondition } from '../../../stack/processes/await-condition.ts';
import type { KubernetesObject } from '../../../stack/cluster-fixtures/kubernetes-object.ts';
import type { Stack } from '../../../stack/stack.ts';
import type { GeneratedCluster } from './generated-cluster.ts';

/** What became of the pods that left, by workload. */
export interface Observed {
  /** Names of the removed nodes. */
  readonly removed: readonly string[];
  readonly workloads: Readonly<Record<string, ObservedWorkload>>;
}

export interface ObservedWorkload {
  /** Pods that ran on the removed nodes. */
  readonly left: number;
  /** Pods without a node more than before: while the nodes were cordoned, and once they were deleted. */
  readonly pendingWhileCordoned: number;
  readonly pendingAtEnd: number;
  /** The scheduler's words for those that are pending at the end. */
  readonly messages: readonly string[];
}

/** A pod that waits is tried again after any change that could help, at the latest 10 s later; changes here come at once. */
const QUIET_MILLISECONDS = 3_000;

/**
 * Builds the cluster, calls `plan` with the names of the nodes to remove, then cordons them, evicts their pods at once, deletes the Nodes and
 * observes what the running scheduler does. Removes everything at the end.
 */
export const playCluster = async (
  stack: Stack,
  cluster: GeneratedCluster,
  plan: (nodeNames: readonly string[]) => Promise<void>,
): Promise<Observed> => {
  try {
    await build(stack, cluster);
    const before = await awaitQuiet(stack, cluster);
    const removed = chooseNodes(cluster, before);
    await plan(removed);
    await drain(stack, before, removed);
    const cordoned = await awaitQuiet(stack, cluster);
    for (const name of removed) await stack.api.delete(`/api/v1/nodes/${name}`);
    const end = await awaitQuiet(stack, cluster);
    return { removed, workloads: compare(cluster, removed, { before, cordoned, end }) };
  } finally {
    await remove(stack, cluster);
  }
};

const build = async (stack: Stack, { namespace, nodes, objects, workloads }: GeneratedCluster): Promise<void> => {
  await stack.createNamespace(namespace);
  await stack.createNodes(nodes);
  await stack.apply(objects);
  await stack.apply(workloads);
};

type Pods = readonly KubernetesObject[];

const toPodsPath = (namespace: string): string => `/api/v1/namespaces/${namespace}/pods`;

/** All pods exist, each has a node or was found unschedulable, and nothing has changed for a while. */
const awaitQuiet = async (stack: Stack, { namespace, workloads }: GeneratedCluster): Promise<Pods> => {
  const wanted = workloads.reduce((sum, { spec }) => sum + (spec as { replicas: number }).replicas, 0);
  let pods: Pods = [];
  let picture = '';
  let since = Date.now();
  await awaitCondition(
    `the pods of ${namespace} have settled`,
    async () => {
      pods = await stack.api.list(toPodsPath(namespace));
      const next = pods.map((pod) => `${pod.metadata.uid} ${nodeOf(pod)} ${messageOf(pod)}`).join('\n');
      if (next !== picture) [picture, since] = [next, Date.now()];
      const isSettled =
        pods.length === wanted &&
        pods.every((pod) => pod.metadata.deletionTimestamp === undefined && (isPlaced(pod) || messageOf(pod) !== ''));
      const quiet = pods.every(isPlaced) ? 0 : QUIET_MILLISECONDS;
      return isSettled && Date.now() - since >= quiet;
    },
    { timeoutMilliseconds: 60_000, intervalMilliseconds: 250 },
  );
  return pods;
};

const nodeOf = ({ spec }: KubernetesObject): string => (spec?.['nodeName'] as string | undefined) ?? '';
const isPlaced = (pod: KubernetesObject): boolean => nodeOf(pod) !== '';

const messageOf = ({ status }: KubernetesObject): string => {
  const conditions = (status?.['conditions'] ?? []) as { type: string; status: string; message?: string }[];
  return conditions.find(({ type, status: value }) => type === 'PodScheduled' && value === 'False')?.message ?? '';
};

/** Those with the most pods, so that there is something to place. */
const chooseNodes = ({ nodes, removedCount }: GeneratedCluster, pods: Pods): readonly string[] =>
  nodes
    .map(({ name }) => ({ name, count: pods.filter((pod) => nodeOf(pod) === name).length }))
    .sort((a, b) => b.count - a.count)
    .slice(0, removedCount)
    .map(({ name }) => name);

const drain = async ({ api }: Stack, pods: Pods, removed: readonly string[]): Promise<void> => {
  for (const name of removed) await api.patch(`/api/v1/nodes/${name}`, { spec: { unschedulable: true } });
  const leaving = pods.filter((pod) => removed.includes(nodeOf(pod)));
  await Promise.all(
    leaving.map(({ metadata: { namespace, name } }) =>
      api.create(`${toPodsPath(namespace ?? '')}/${name}/eviction`, {
        apiVersion: 'policy/v1',
        kind: 'Eviction',
        metadata: { namespace, name },
      }),
    ),
  );
};

interface Pictures {
  readonly before: Pods;
  readonly cordoned: Pods;
  readonly end: Pods;
}

const compare = (
  { workloads }: GeneratedCluster,
  removed: readonly string[],
  { before, cordoned, end }: Pictures,
): Readonly<Record<string, ObservedWorkload>> => {
  const entries = workloads.map(({ metadata: { name } }) => {
    const ofWorkload = (pods: Pods): Pods => pods.filter(({ metadata }) => metadata.labels?.['app'] === name);
    const countPending = (pods: Pods): number => ofWorkload(pods).filter((pod) => !isPlaced(pod)).length;
    const pendingBefore = countPending(before);
    return [
      name,
      {
        left: ofWorkload(before).filter((pod) => removed.includes(nodeOf(pod))).length,
        pendingWhileCordoned: countPending(cordoned) - pendingBefore,
        pendingAtEnd: countPending(end) - pendingBefore,
        messages: [
          ...new Set(
            ofWorkload(end)
              .map(messageOf)
              .filter((message) => message !== ''),
          ),
        ],
      },
    ] as const;
  });
  return Object.fromEntries(entries.filter(([, { left }]) => left > 0));
};

/** Nodes of other clusters would take part in the next one. */
const remove = async ({ api }: Stack, { namespace, nodes, objects, workloads }: GeneratedCluster): Promise<void> => {
  const ignoreMissing = async (path: string, options?: Readonly<Record<string, unknown>>): Promise<void> => {
    if ((await api.find(path)) !== undefined) await api.delete(path, options);
  };
  for (const { metadata } of workloads) {
    await ignoreMissing(`/apis/apps/v1/namespaces/${namespace}/replicasets/${metadata.name}`, {
      propagationPolicy: 'Orphan',
    });
  }
  for (const { metadata } of await api.list(toPodsPath(namespace))) {
    await ignoreMissing(`${toPodsPath(namespace)}/${metadata.name}`, { gracePeriodSeconds: 0 });
  }
  for (const { name } of nodes) await ignoreMissing(`/api/v1/nodes/${name}`);
  for (const object of objects) await ignoreMissing(toPath(object));
  await api.delete(`/api/v1/namespaces/${namespace}`);
};

const PLURALS: Readonly<Record<string, string>> = {
  PersistentVolume: 'api/v1/persistentvolumes',
  PersistentVolumeClaim: 'api/v1/namespaces/*/persistentvolumeclaims',
  CSINode: 'apis/storage.k8s.io/v1/csinodes',
  ResourceSlice: 'apis/resource.k8s.io/v1/resourceslices',
  ResourceClaimTemplate: 'apis/resource.k8s.io/v1/namespaces/*/resourceclaimtemplates',
};

const toPath = ({ kind, metadata: { namespace, name } }: KubernetesObject): string => {
  const plural = PLURALS[kind];
  if (plural === undefined)
    throw new Error(`A generated cluster has an object of kind ${kind}, whose path is unknown.`);
  return `/${plural.replace('*', namespace ?? '')}/${name}`;
};

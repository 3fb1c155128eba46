import { awaitCondition } from '../../../stack/processes/await-condition.ts';
import type { KubernetesObject } from '../../../stack/cluster-fixtures/kubernetes-object.ts';
import type { Stack } from '../../../stack/stack.ts';
import type { GeneratedCluster } from './generated-cluster.ts';
import { removeCluster } from './remove-cluster.ts';

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
  /** Pods without a node before any left. */
  readonly pendingBefore: number;
  /** The scheduler's sentences about those that are pending while the nodes are cordoned, and at the end. */
  readonly messagesWhileCordoned: readonly string[];
  readonly messages: readonly string[];
}

/** A pod that waits is tried again directly after a change that could help; its claims take longer, and so does a busy machine. */
const QUIET_MILLISECONDS = 2_000;
/** Kube-scheduler tries a pod again after at most 10 s. */
const SURELY_QUIET_MILLISECONDS = 12_000;

/** Whether what is observed agrees with the plan. */
export type IsAsPlanned = (observed: Observed) => boolean;

/**
 * Builds the cluster, calls `plan` with the names of the nodes to remove, then cordons them, evicts their pods at once, deletes the Nodes and
 * observes what the running scheduler does. What is not as planned is observed for longer. Removes everything at the end.
 */
export const playCluster = async (
  stack: Stack,
  cluster: GeneratedCluster,
  plan: (nodeNames: readonly string[]) => Promise<IsAsPlanned>,
): Promise<Observed> => {
  try {
    await build(stack, cluster);
    const before = await awaitQuiet(stack, cluster);
    const removed = chooseNodes(cluster, before);
    const isAsPlanned = await plan(removed);
    await drain(stack, before, removed);
    const cordoned = await awaitQuiet(stack, cluster);
    await Promise.all(removed.map((name) => stack.api.delete(`/api/v1/nodes/${name}`)));
    const observe = async (quietMilliseconds?: number): Promise<Observed> => {
      const end = await awaitQuiet(stack, cluster, quietMilliseconds);
      return { removed, workloads: compare(cluster, removed, { before, cordoned, end }) };
    };
    const observed = await observe();
    return isAsPlanned(observed) ? observed : await observe(SURELY_QUIET_MILLISECONDS);
  } finally {
    await removeCluster(stack.api, cluster);
  }
};

const build = async (stack: Stack, { namespace, nodes, objects, workloads }: GeneratedCluster): Promise<void> => {
  await stack.createNamespace(namespace);
  // Their kinds do not depend on each other.
  await Promise.all([createNodes(stack, nodes), applyAll(stack, objects)]);
  await applyAll(stack, workloads);
};

const createNodes = async (stack: Stack, nodes: GeneratedCluster['nodes']): Promise<void> => {
  await Promise.all(nodes.map((node) => stack.createNodes([node])));
  await Promise.all(
    nodes.map(({ name, declaredFeatures }) =>
      stack.api.patch(`/api/v1/nodes/${name}/status`, { status: { declaredFeatures } }),
    ),
  );
};

/** The first alone: the kinds of its group are read once. */
const applyAll = async (stack: Stack, objects: readonly KubernetesObject[]): Promise<void> => {
  await stack.apply(objects.slice(0, 1));
  await Promise.all(objects.slice(1).map((object) => stack.apply([object])));
};

type Pods = readonly KubernetesObject[];

const toPodsPath = (namespace: string): string => `/api/v1/namespaces/${namespace}/pods`;

/** All pods exist, each has a node or was found unschedulable, and nothing has changed for a while. */
const awaitQuiet = async (
  stack: Stack,
  { namespace, workloads }: GeneratedCluster,
  quietMilliseconds = QUIET_MILLISECONDS,
): Promise<Pods> => {
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
      const quiet = pods.every(isPlaced) ? 0 : quietMilliseconds;
      return isSettled && Date.now() - since >= quiet;
    },
    { timeoutMilliseconds: 60_000, intervalMilliseconds: 150 },
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
  await Promise.all(removed.map((name) => api.patch(`/api/v1/nodes/${name}`, { spec: { unschedulable: true } })));
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
    const pendingBefore = ofWorkload(before).filter((pod) => !isPlaced(pod)).length;
    // A pod that came back on a removed node has no place.
    const countPending = (pods: Pods): number =>
      ofWorkload(pods).filter((pod) => !isPlaced(pod) || removed.includes(nodeOf(pod))).length;
    return [
      name,
      {
        left: ofWorkload(before).filter((pod) => removed.includes(nodeOf(pod))).length,
        pendingWhileCordoned: countPending(cordoned) - pendingBefore,
        pendingAtEnd: countPending(end) - pendingBefore,
        pendingBefore,
        messagesWhileCordoned: listMessages(ofWorkload(cordoned)),
        messages: listMessages(ofWorkload(end)),
      },
    ] as const;
  });
  return Object.fromEntries(entries.filter(([, { left }]) => left > 0));
};

const listMessages = (pods: Pods): readonly string[] => [
  ...new Set(pods.map(messageOf).filter((message) => message !== '')),
];

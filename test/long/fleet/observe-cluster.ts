import { ZONE_LABEL } from '../../../src/domain/cluster/node-state.ts';
import type { KubernetesObject } from '../../../stack/cluster-fixtures/kubernetes-object.ts';
import type { Stack } from '../../../stack/stack.ts';
import { isHealthy } from '../../e2e/harness/pods-on-node.ts';
import { startObjectWatch, type ObjectWatch, type WatchEvent } from '../../e2e/harness/object-watch.ts';

/** What separate clients of the API server saw while a task ran: none of the code under test takes part. */
export interface Observations {
  /** Of all budgets that existed at some moment. */
  readonly budgetNames: readonly string[];
  /** Budgets that had fewer healthy pods at some moment than they require: must be empty. */
  readonly violatedBudgets: readonly string[];
  /** The fewest pods of any workload that were healthy at the same time. */
  readonly lowestCount: number;
  /** The zones in which pods of the task's nodes terminated at the same moment, in order, e.g. `a`, `a+b`, `b`. */
  readonly zonesAtOnce: readonly string[];
  /** The most nodes on which evictions had begun, and whose Node still existed and was cordoned. */
  readonly nodesAtOnce: number;
}

export interface ClusterObserver {
  /** Reads everything that was seen until now: takes seconds. */
  read(): Observations;
  stop(): Promise<void>;
}

export interface ObservedFleet {
  readonly namespace: string;
  /** The nodes of the task; each has a zone. */
  readonly nodeNames: readonly string[];
  /** Of each workload. Its pods have the label `app`, and are all healthy at the start. */
  readonly replicas: number;
}

/** Watches pods and budgets of the namespace, and all Nodes. */
export const observeCluster = async (
  stack: Stack,
  { namespace, nodeNames, replicas }: ObservedFleet,
): Promise<ClusterObserver> => {
  const start = async (name: string, path: string): Promise<ObjectWatch> => await startObjectWatch(stack, name, path);
  const nodes = await start('nodes', '/api/v1/nodes');
  const budgets = await start('budgets', `/apis/policy/v1/namespaces/${namespace}/poddisruptionbudgets`);
  const pods = await start('pods', `/api/v1/namespaces/${namespace}/pods`);
  const zoneOfNode = new Map(
    nodes.events().map(({ object: { metadata } }) => [metadata.name, metadata.labels?.[ZONE_LABEL] ?? '']),
  );
  const ofTask = new Set(nodeNames);
  return {
    read: () => {
      const [ofPods, ofBudgets] = [pods.events(), budgets.events()];
      const lowest = toLowestCounts(ofPods, pods.initialCount);
      return {
        budgetNames: [...new Set(ofBudgets.map(({ object }) => object.metadata.name))].sort(),
        violatedBudgets: toViolatedBudgets(ofBudgets, lowest, replicas),
        lowestCount: Math.min(...lowest.values()),
        zonesAtOnce: toZonesAtOnce(ofPods, zoneOfNode, ofTask),
        nodesAtOnce: toNodesAtOnce([...nodes.events(), ...ofPods], ofTask),
      };
    },
    stop: async () => {
      await Promise.all([nodes, budgets, pods].map((watch) => watch.stop()));
    },
  };
};

/** By workload, from the moment at which all existing pods are known. */
const toLowestCounts = (events: readonly WatchEvent[], initialCount: number): ReadonlyMap<string, number> => {
  const healthy = new Map<string, Set<string>>();
  const lowest = new Map<string, number>();
  events.forEach(({ type, object }, index) => {
    const { uid = '', labels } = object.metadata;
    const app = labels?.['app'] ?? '';
    const own = healthy.get(app) ?? new Set();
    healthy.set(app, own);
    if (type !== 'DELETED' && isHealthy(object)) own.add(uid);
    else own.delete(uid);
    if (index >= initialCount && app !== '') lowest.set(app, Math.min(lowest.get(app) ?? Infinity, own.size));
  });
  return lowest;
};

const toViolatedBudgets = (
  events: readonly WatchEvent[],
  lowest: ReadonlyMap<string, number>,
  replicas: number,
): readonly string[] => {
  const violations = events.flatMap(({ object }) => {
    const app = toApp(object);
    const required = toRequiredCount(object, replicas);
    const count = lowest.get(app) ?? replicas;
    return count < required ? [`${object.metadata.name}: ${count} of ${required} pods of ${app}`] : [];
  });
  return [...new Set(violations)];
};

const toApp = ({ metadata, spec }: KubernetesObject): string => {
  const selector = spec?.['selector'] as { readonly matchLabels?: Readonly<Record<string, string>> } | undefined;
  const app = selector?.matchLabels?.['app'];
  if (app === undefined) throw new Error(`Budget ${metadata.name} does not select by the label "app".`);
  return app;
};

/** As the documentation of Kubernetes defines it: both percentages are rounded up. */
const toRequiredCount = ({ spec }: KubernetesObject, replicas: number): number => {
  const toCount = (value: unknown): number =>
    typeof value === 'string' ? Math.ceil((replicas * Number.parseFloat(value)) / 100) : Number(value);
  const minimum = spec?.['minAvailable'];
  return minimum === undefined ? replicas - toCount(spec?.['maxUnavailable']) : toCount(minimum);
};

const toZonesAtOnce = (
  events: readonly WatchEvent[],
  zoneOfNode: ReadonlyMap<string, string>,
  ofTask: ReadonlySet<string>,
): readonly string[] => {
  const terminating = new Map<string, string>();
  const seen: string[] = [];
  for (const { type, object } of events) {
    const { uid = '', deletionTimestamp } = object.metadata;
    const nodeName = toNodeName(object);
    if (type === 'DELETED') terminating.delete(uid);
    else if (deletionTimestamp !== undefined && ofTask.has(nodeName)) {
      terminating.set(uid, zoneOfNode.get(nodeName) ?? '');
      const zones = [...new Set(terminating.values())].sort().join('+');
      if (zones !== seen.at(-1)) seen.push(zones);
    }
  }
  return seen;
};

/** Resource versions order the changes of both collections. */
const toNodesAtOnce = (events: readonly WatchEvent[], ofTask: ReadonlySet<string>): number => {
  const begun = new Set<string>();
  let most = 0;
  for (const { type, object } of inOrder(events)) {
    if (object.kind === 'Pod') {
      const nodeName = toNodeName(object);
      if (type !== 'DELETED' && object.metadata.deletionTimestamp !== undefined && ofTask.has(nodeName))
        begun.add(nodeName);
    } else if (type === 'DELETED' || object.spec?.['unschedulable'] !== true) begun.delete(object.metadata.name);
    most = Math.max(most, begun.size);
  }
  return most;
};

const inOrder = (events: readonly WatchEvent[]): readonly WatchEvent[] =>
  events.toSorted((one, other) => toVersion(one) - toVersion(other));

const toVersion = ({ object }: WatchEvent): number => Number(object.metadata.resourceVersion);

const toNodeName = ({ spec }: KubernetesObject): string => (spec?.['nodeName'] as string | undefined) ?? '';

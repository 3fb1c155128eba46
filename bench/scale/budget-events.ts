import { setImmediate } from 'node:timers/promises';
import { CoordinatorRegistry } from '../../src/activities/eviction/coordinator-registry.ts';
import type { ActivityDependencies } from '../../src/activities/support/activity-dependencies.ts';
import { LOCK_ANNOTATION } from '../../src/domain/cluster/annotations.ts';
import { toBudgetFacts } from '../../src/kube/facts/to-budget-facts.ts';
import { toNodeFacts } from '../../src/kube/facts/to-node-facts.ts';
import { toPodFacts } from '../../src/kube/facts/to-pod-facts.ts';
import { parseWatchEvent } from '../../src/kube/transport/watch-events.ts';
import type { Cluster, Follower, FollowListener } from '../../src/ports/cluster.ts';
import type { Figure } from '../record/benchmark-record.ts';
import { reportFigures } from './report-figures.ts';

/*
 * What one event of a budget costs a worker that drains 40 nodes of 110 pods each in a cluster with 2,000 budgets, which allow nothing: in
 * processor time of this process, from the line of the watch to the end of all turns. A measurement, not a test.
 */

const NODES = 40;
const PODS_PER_NODE = 110;
const BUDGETS = 2000;
const MAX_MILLISECONDS = 2;
const EVENTS = Number(process.argv[2] ?? 1000);
const HOLDER = {
  temporalNamespaceId: 'id',
  temporalNamespace: 'default',
  workflowId: 'task',
  firstExecutionRunId: 'run',
  taskId: 'task',
  since: '2026-01-01T00:00:00Z',
};

type Follows = Record<'budgets' | 'nodes' | 'pods', Set<FollowListener<never>>>;

interface Layout {
  readonly name: string;
  readonly namespaces: number;
  /** Distinct apps of the pods; each has one budget. The other budgets select nothing. */
  readonly apps: number;
}

const LAYOUTS: readonly Layout[] = [
  { name: '2,000 budgets in 200 namespaces, each for 2 or 3 of the pods', namespaces: 200, apps: 2000 },
  { name: '2,000 budgets in one namespace, each for 2 or 3 of the pods', namespaces: 1, apps: 2000 },
  { name: '2,000 budgets in one namespace, 20 of them for all pods', namespaces: 1, apps: 20 },
];

const toNamespace = (app: number, { namespaces }: Layout): string => `team-${app % namespaces}`;

const toBudget = (app: number, version: number, layout: Layout): object => ({
  metadata: {
    namespace: toNamespace(app, layout),
    name: `app-${app}`,
    uid: `budget-${app}`,
    resourceVersion: String(version),
    generation: 1,
    labels: { app: `app-${app}`, 'app.kubernetes.io/managed-by': 'Helm' },
    managedFields: [
      { manager: 'kube-controller-manager', operation: 'Update', fieldsV1: { 'f:status': { 'f:x': {} } } },
    ],
  },
  spec: { maxUnavailable: 1, selector: { matchLabels: { app: `app-${app}` } } },
  status: {
    observedGeneration: 1,
    currentHealthy: 2 + (version % 2),
    desiredHealthy: 4,
    expectedPods: 5,
    disruptionsAllowed: 0,
    conditions: [{ type: 'DisruptionAllowed', status: 'False', reason: 'InsufficientPods' }],
  },
});

const toPod = (index: number, layout: Layout): object => {
  const app = index % layout.apps;
  return {
    metadata: {
      namespace: toNamespace(app, layout),
      name: `pod-${index}`,
      uid: `pod-${index}`,
      labels: { app: `app-${app}`, 'pod-template-hash': '7d4b9c' },
    },
    spec: { nodeName: `node-${Math.floor(index / PODS_PER_NODE)}`, containers: [] },
    status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] },
  };
};

const toNode = (index: number): object => ({
  metadata: {
    name: `node-${index}`,
    uid: `uid-node-${index}`,
    annotations: { [LOCK_ANNOTATION]: JSON.stringify(HOLDER) },
  },
  spec: { unschedulable: true },
  status: { conditions: [{ type: 'Ready', status: 'True' }] },
});

/** Whatever else is called succeeds. Each listener is notified as by a watch of its own: it parses each event. */
const createCluster = (layout: Layout, follows: Follows): Cluster => {
  const follow = <Item>(kind: keyof Follows, listener: FollowListener<Item>, read: () => readonly Item[]): Follower => {
    follows[kind].add(listener);
    queueMicrotask(() => {
      listener.onSync(read());
    });
    return { stop: () => follows[kind].delete(listener) };
  };
  const pods = Array.from({ length: NODES * PODS_PER_NODE }, (_, index) => toPodFacts(toPod(index, layout)));
  const budgets = (): ReturnType<typeof toBudgetFacts>[] =>
    Array.from({ length: BUDGETS }, (_, app) => toBudgetFacts(toBudget(app, 0, layout)));
  const nodes = Array.from({ length: NODES }, (_, index) => toNodeFacts(toNode(index)));
  const methods: Partial<Cluster> = {
    readIdentity: () => Promise.resolve({ kubeSystemUid: 'uid', caHashes: ['ca'] }),
    readNode: (name) => Promise.resolve(nodes.find((node) => node.name === name)),
    followBudgets: (listener) => follow('budgets', listener, budgets),
    followCordonedNodes: (listener) => follow('nodes', listener, () => nodes),
    followNode: (name, listener) => follow('nodes', listener, () => nodes.filter((node) => node.name === name)),
    followPods: ({ nodeName: name }, listener) =>
      follow('pods', listener, () => pods.filter(({ nodeName }) => nodeName === name)),
  };
  return methods as Cluster;
};

const drainAll = (cluster: Cluster, layout: Layout): void => {
  const dependencies = {
    clusters: new Map([['default', cluster]]),
    limits: { maxConcurrentEvictions: 20, activitySlots: 5000, requestTimeoutSeconds: 30 },
    directory: { reportProgress: () => Promise.resolve() },
    now: () => Date.now(),
  } as unknown as ActivityDependencies;
  const registry = new CoordinatorRegistry(dependencies);
  const context = {
    cluster: 'default',
    clusterIdentity: { kubeSystemUid: 'uid', caHashes: ['ca'] },
    taskId: 'task',
    holder: HOLDER,
  } as never;
  for (let index = 0; index < NODES * PODS_PER_NODE; index++) {
    const nodeName = `node-${Math.floor(index / PODS_PER_NODE)}`;
    const { namespace, name, uid } = toPodFacts(toPod(index, layout));
    void registry.withEntry(
      context,
      { nodeName, nodeUid: `uid-${nodeName}`, machineID: '' },
      { workflowId: nodeName, runId: nodeName },
      { pod: { namespace, name, uid }, signal: new AbortController().signal, onProgress: () => undefined },
      (entry) => entry.done,
    );
  }
};

const measure = async (layout: Layout): Promise<Figure> => {
  const follows: Follows = { budgets: new Set(), nodes: new Set(), pods: new Set() };
  drainAll(createCluster(layout, follows), layout);
  for (let turn = 0; turn < 20; turn++) await setImmediate();
  const send = async (count: number, version: number): Promise<void> => {
    for (let event = 0; event < count; event++) {
      const app = (event * 7) % layout.apps;
      const line = JSON.stringify({ type: 'MODIFIED', object: toBudget(app, version + event, layout) });
      for (const listener of follows.budgets) {
        const parsed = parseWatchEvent(line);
        if (parsed.type === 'changed') listener.onChange(toBudgetFacts(parsed.object) as never);
      }
      await setImmediate();
    }
  };
  await send(Math.min(EVENTS, 50), 1);
  const before = process.cpuUsage();
  await send(EVENTS, 1000);
  const { user, system } = process.cpuUsage(before);
  process.stdout.write(`${layout.name}: ${follows.budgets.size} watches of budgets\n`);
  return { what: layout.name, value: (user + system) / 1000 / EVENTS, unit: 'ms', atMost: MAX_MILLISECONDS };
};

const figures: Figure[] = [];
for (const layout of LAYOUTS) figures.push(await measure(layout));
reportFigures(figures);
process.exit(0);

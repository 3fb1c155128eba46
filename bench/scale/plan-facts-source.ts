import { setImmediate } from 'node:timers/promises';
import { readSnapshot } from '../../src/kube/scheduling/snapshot-reader.ts';
import type { ApiClient } from '../../src/kube/transport/api-client.ts';
import type { ListedResource } from '../../src/kube/transport/read-list.ts';
import type { DisruptionBudgetFacts, OwnerReference, WorkloadFacts } from '../../src/domain/cluster/facts.ts';
import type { ServiceFacts } from '../../src/domain/cluster/service.ts';
import type { SchedulerFacts, SchedulerObject, SchedulerPod } from '../../src/domain/scheduling/scheduler-facts.ts';
import type { Cluster } from '../../src/ports/cluster.ts';

const NOW = '2026-01-01T00:00:00Z';
const OBJECTS_PER_PAGE = 500;
const NO_EXPRESSIONS = { matchExpressions: [] };

/**
 * What a plan reads of the cluster of `toPlanCluster`, with a budget and a Service for each app, as an API server sends it: objects arrive in
 * pages, as bytes that are written beforehand, and are parsed and reduced by the reader of production. Everything else is empty or succeeds.
 * Keeps nothing of `facts`: in a worker there is only one copy of a cluster.
 */
export const createFactsSource = (facts: SchedulerFacts): Cluster => {
  const apps = facts.templates.map((_, index) => toApp(index));
  const workloads = apps.map((_, index) => toWorkload(index, facts));
  const pods = writePages(facts.pods, (pod) => toPodObject(pod, facts.templates));
  const nodes = writePages(facts.nodes, toNodeObject);
  const toPages = (path: string): readonly Buffer[] =>
    path.endsWith('/pods') ? pods : path.endsWith('/nodes') ? nodes : [];
  const client = {
    list: ({ path, toItem }: ListedResource<unknown>) => readPages(toPages(path), toItem),
  } as unknown as ApiClient;
  const answers: Readonly<Record<string, (...words: never[]) => unknown>> = {
    readSnapshot: () => readSnapshot(client),
    readWorkload: (_namespace: string, { uid }: OwnerReference) => workloads[Number(uid.slice('set-'.length))],
    readAddress: () => ({ server: 'https://cluster.example' }),
    readBudgets: () => apps.map(toBudget),
    readServices: () => apps.map(toService),
    tryReplacement: () => ({ kind: 'admitted' }),
  };
  return new Proxy({} as Cluster, {
    get:
      (_target, method) =>
      async (...words: never[]): Promise<unknown> =>
        await Promise.resolve(answers[String(method)]?.(...words) ?? []),
  });
};

const writePages = <From>(all: readonly From[], toObject: (each: From) => object): readonly Buffer[] =>
  Array.from({ length: Math.ceil(all.length / OBJECTS_PER_PAGE) }, (_, index) => {
    const page = all.slice(index * OBJECTS_PER_PAGE, (index + 1) * OBJECTS_PER_PAGE);
    return Buffer.from(JSON.stringify(page.map(toObject)));
  });

const readPages = async (pages: readonly Buffer[], toItem: (model: never) => unknown) => {
  const items: unknown[] = [];
  for (const page of pages) {
    for (const model of JSON.parse(page.toString()) as never[]) items.push(toItem(model));
    await setImmediate();
  }
  return { items, resourceVersion: '1' };
};

const toApp = (index: number): string => `app-${index}`;

const toPodObject = (
  { namespace, name, uid, template, nodeName }: SchedulerPod,
  templates: readonly SchedulerObject[],
): object => {
  const { metadata, spec } = templates[template] as { readonly metadata: object; readonly spec: object };
  const owner = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: toApp(template), uid: `set-${template}` };
  const ownerReferences = [{ ...owner, controller: true }];
  return {
    metadata: { ...metadata, namespace, name, uid, resourceVersion: '1', creationTimestamp: NOW, ownerReferences },
    spec: { ...spec, nodeName, terminationGracePeriodSeconds: 30 },
    status: {
      phase: 'Running',
      startTime: NOW,
      conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: NOW }],
      containerStatuses: [{ name: 'main', ready: true, state: { running: { startedAt: NOW } } }],
    },
  };
};

const toNodeObject = (node: SchedulerObject): object => {
  const { metadata, status } = node as { readonly metadata: { readonly name: string }; readonly status: object };
  return {
    ...node,
    metadata: { ...metadata, uid: metadata.name, resourceVersion: '1', creationTimestamp: NOW },
    status: { ...status, conditions: [{ type: 'Ready', status: 'True', lastHeartbeatTime: NOW }] },
  };
};

const toWorkload = (app: number, { pods, templates }: SchedulerFacts): WorkloadFacts => ({
  apiVersion: 'apps/v1',
  kind: 'ReplicaSet',
  namespace: 'shop',
  name: toApp(app),
  uid: `set-${app}`,
  replicas: Math.round(pods.length / templates.length),
  selector: { matchLabels: { app: toApp(app) }, ...NO_EXPRESSIONS },
});

const toBudget = (name: string): DisruptionBudgetFacts => ({
  namespace: 'shop',
  name,
  uid: name,
  resourceVersion: '1',
  generation: 1,
  observedGeneration: 1,
  labels: {},
  annotations: {},
  selector: { matchLabels: { app: name }, ...NO_EXPRESSIONS },
  maxUnavailable: '25%',
  unhealthyPodEvictionPolicy: 'IfHealthyBudget',
  currentHealthy: 150,
  desiredHealthy: 113,
  expectedPods: 150,
  disruptionsAllowed: 37,
  disruptedPods: [],
  deleting: false,
});

const toService = (name: string): ServiceFacts => ({
  namespace: 'shop',
  name,
  selector: { app: name },
  clusterIPs: [],
  externalAddresses: [],
});

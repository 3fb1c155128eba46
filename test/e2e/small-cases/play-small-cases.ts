import { readPreflightFacts } from '../../../src/activities/plan/read-preflight-facts.ts';
import { loadConfiguration } from '../../../src/config/load-configuration.ts';
import type { DecommissionPlan } from '../../../src/domain/plan/decommission-plan.ts';
import { planDecommission } from '../../../src/domain/plan/plan-decommission.ts';
import { parseRequest } from '../../../src/domain/request/parse-request.ts';
import { createScheduler } from '../../../src/worker/create-scheduler.ts';
import { createClusters } from '../../../src/worker/create-clusters.ts';
import type { KubernetesObject } from '../../../stack/cluster-fixtures/kubernetes-object.ts';
import { awaitCondition } from '../../../stack/processes/await-condition.ts';
import type { Stack } from '../../../stack/stack.ts';
import type { ObservedOutcome, SmallCase } from './small-case.ts';

export interface PlayedCase {
  readonly plan: DecommissionPlan;
  readonly observed: Required<ObservedOutcome>;
}

/** Pods that wait are tried again at once after a change that could help. */
const QUIET_MILLISECONDS = 3_000;

/**
 * Plays all cases at the same time: none uses the nodes of another. Plans each, then cordons the nodes, evicts their pods at once, deletes the
 * Nodes, and counts what the running scheduler does.
 * @returns by name of the case
 */
export const playSmallCases = async (
  stack: Stack,
  cases: readonly SmallCase[],
): Promise<Readonly<Record<string, PlayedCase>>> => {
  await build(stack, cases);
  const plans = await planCases(stack, cases);
  await evict(stack, cases);
  const cordoned = await readSettledPods(stack, cases);
  for (const name of cases.filter(({ deleteNode }) => deleteNode !== false).flatMap(({ removed }) => removed)) {
    await stack.api.delete(`/api/v1/nodes/${name}`);
  }
  const end = await readSettledPods(stack, cases);
  return Object.fromEntries(
    cases.map((each, index) => [each.name, { plan: plans[index]!, observed: compare(each, cordoned, end) }]),
  );
};

const build = async (stack: Stack, cases: readonly SmallCase[]): Promise<void> => {
  for (const { name } of cases) await stack.createNamespace(name);
  const nodes = cases.flatMap((each) => each.nodes);
  const later = nodes.filter(({ opensLater }) => opensLater);
  await stack.createNodes(nodes.map(({ opensLater, ...node }) => ({ ...node, unschedulable: opensLater === true })));
  for (const { objects = [], workloads } of cases) await stack.apply([...objects, ...workloads]);
  await readSettledPods(stack, cases);
  for (const { name } of later) await stack.api.patch(`/api/v1/nodes/${name}`, { spec: { unschedulable: null } });
  for (const { name } of later) await awaitUncordoned(stack, name);
  const pods = await readSettledPods(stack, cases);
  const waiting = pods.filter((pod) => !isPlaced(pod)).map(toName);
  if (waiting.length > 0) throw new Error(`These pods have no node before anything is removed: ${waiting.join(', ')}`);
  for (const { lostLabel } of cases) {
    if (lostLabel === undefined) continue;
    const metadata = { labels: { [lostLabel.key]: null } };
    await stack.api.patch(`/api/v1/nodes/${lostLabel.nodeName}`, { metadata });
  }
};

const awaitUncordoned = async ({ api }: Stack, name: string): Promise<void> => {
  await awaitCondition(`node ${name} accepts pods`, async () => {
    const { spec } = await api.read(`/api/v1/nodes/${name}`);
    return ((spec?.['taints'] ?? []) as object[]).length === 0;
  });
};

const planCases = async (stack: Stack, cases: readonly SmallCase[]): Promise<readonly DecommissionPlan[]> => {
  const configuration = loadConfiguration({
    environment: { KUBECONFIG: stack.adminKubeconfigPath },
    addsDefaultCluster: true,
  });
  const cluster = createClusters(configuration).get('default')!;
  const sources = { cluster, scheduler: createScheduler() };
  const identity = await cluster.readIdentity();
  const plans: DecommissionPlan[] = [];
  for (const { removed, deleteNode = true } of cases) {
    const parsed = parseRequest({ nodeNames: removed, deleteNode, hostCleanup: 'skip', singleReplica: 'evict' });
    if (parsed.kind === 'invalid') throw new Error(`The plan cannot be requested: ${JSON.stringify(parsed)}`);
    const facts = await readPreflightFacts(sources, parsed.request, identity, NOT_OF_THE_CASES);
    plans.push(planDecommission(facts, new Date().toISOString()));
  }
  return plans;
};

const NOT_OF_THE_CASES = {
  locks: {},
  missingRights: [],
  nodeDeletionDryRuns: {},
  hosts: {},
  ownPods: [],
  notChecked: [],
};

type Pods = readonly KubernetesObject[];

/** The pods of all cases, once each has a node or was found unschedulable, and nothing has changed for a while. */
const readSettledPods = async ({ api }: Stack, cases: readonly SmallCase[]): Promise<Pods> => {
  const wanted = cases.flatMap(({ workloads }) => workloads).reduce((sum, each) => sum + toReplicas(each), 0);
  let pods: Pods = [];
  let seen = '';
  let since = Date.now();
  await awaitCondition(
    'the pods of all cases have settled',
    async () => {
      pods = (await api.list('/api/v1/pods')).filter((pod) => cases.some((each) => isOfWorkload(pod, each)));
      const next = pods.map((pod) => `${pod.metadata.uid} ${nodeOf(pod)} ${messageOf(pod)}`).join('\n');
      if (next !== seen) [seen, since] = [next, Date.now()];
      const isSettled =
        pods.length === wanted &&
        pods.every((pod) => pod.metadata.deletionTimestamp === undefined && (isPlaced(pod) || messageOf(pod) !== ''));
      return isSettled && Date.now() - since >= (pods.every(isPlaced) ? 0 : QUIET_MILLISECONDS);
    },
    { timeoutMilliseconds: 60_000, intervalMilliseconds: 250 },
  );
  return pods;
};

const toReplicas = ({ spec }: KubernetesObject): number => (spec as { readonly replicas: number }).replicas;

/** Not of its DaemonSet, whose pods also come and go with nodes. */
const isOfWorkload = ({ metadata }: KubernetesObject, { name, workloads }: SmallCase): boolean =>
  metadata.namespace === name && workloads.some((each) => each.metadata.name === metadata.labels?.['app']);

const nodeOf = ({ spec }: KubernetesObject): string => (spec?.['nodeName'] as string | undefined) ?? '';
const isPlaced = (pod: KubernetesObject): boolean => nodeOf(pod) !== '';
const toName = ({ metadata: { namespace, name } }: KubernetesObject): string => `${namespace ?? ''}/${name}`;

const messageOf = ({ status }: KubernetesObject): string => {
  const conditions = (status?.['conditions'] ?? []) as { type: string; status: string; message?: string }[];
  return conditions.find(({ type, status: value }) => type === 'PodScheduled' && value === 'False')?.message ?? '';
};

/** All cases at once: their pods wait at the same time. */
const evict = async ({ api }: Stack, cases: readonly SmallCase[]): Promise<void> => {
  const removed = cases.flatMap((each) => each.removed);
  for (const name of removed) await api.patch(`/api/v1/nodes/${name}`, { spec: { unschedulable: true } });
  const pods = await api.list('/api/v1/pods');
  const leaving = pods.filter((pod) => removed.includes(nodeOf(pod)) && cases.some((each) => isOfWorkload(pod, each)));
  await Promise.all(
    leaving.map(({ metadata: { namespace, name } }) =>
      api.create(`/api/v1/namespaces/${namespace ?? ''}/pods/${name}/eviction`, {
        apiVersion: 'policy/v1',
        kind: 'Eviction',
        metadata: { namespace, name },
      }),
    ),
  );
};

const compare = (each: SmallCase, cordoned: Pods, end: Pods): Required<ObservedOutcome> => {
  const ownOf = (pods: Pods): Pods => pods.filter((pod) => isOfWorkload(pod, each));
  const pendingOf = (pods: Pods): Pods => ownOf(pods).filter((pod) => !isPlaced(pod));
  return {
    pendingWhileCordoned: pendingOf(cordoned).length,
    pendingWorkloads: pendingOf(cordoned).map(({ metadata }) => metadata.labels?.['app'] ?? ''),
    pendingAtEnd: pendingOf(end).length,
    cameBack: ownOf(cordoned).filter((pod) => each.removed.includes(nodeOf(pod))).length,
  };
};

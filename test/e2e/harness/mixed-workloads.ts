import { BUDGET_SPEC_HASH_ANNOTATION, MANAGED_BY, MANAGED_BY_LABEL } from '../../../src/domain/cluster/annotations.ts';
import { toBudgetSpecHash } from '../../../src/domain/budgets/release.ts';
import { awaitCondition } from '../../../stack/processes/await-condition.ts';
import { cloneSet, cloneSetPods, cloneSetStatus } from '../../../stack/cluster-fixtures/clone-set.ts';
import { disruptionBudget } from '../../../stack/cluster-fixtures/disruption-budget.ts';
import type { KubernetesObject } from '../../../stack/cluster-fixtures/kubernetes-object.ts';
import type { PodShape } from '../../../stack/cluster-fixtures/pod-template.ts';
import { finishedPod, mirrorPod, pod } from '../../../stack/cluster-fixtures/pods.ts';
import type { WorkloadFixture } from '../../../stack/cluster-fixtures/workloads.ts';
import { daemonSet, deployment, job, replicaSet, statefulSet } from '../../../stack/cluster-fixtures/workloads.ts';
import type { Stack } from '../../../stack/stack.ts';
import { createNodePool, createPoolNode, inPool, type NodePool } from './node-pool.ts';
import { awaitPods, isHealthy } from './pods-on-node.ts';

/** Workloads that get a budget of ours, with its `maxUnavailable` and the number of their pods that must stay healthy. */
export const PROTECTED_WORKLOADS = [
  { app: 'web', maxUnavailable: '25%', leastHealthy: 6 },
  { app: 'rolling', maxUnavailable: '25%', leastHealthy: 4 },
  { app: 'database', maxUnavailable: 1, leastHealthy: 4 },
  { app: 'alone', maxUnavailable: '25%', leastHealthy: 3 },
  { app: 'clone', maxUnavailable: '25%', leastHealthy: 3 },
  { app: 'cache', maxUnavailable: '25%', leastHealthy: 1 },
  { app: 'crashing', maxUnavailable: '25%', leastHealthy: 0 },
] as const;

/** Workloads with a budget of another owner, and the number of healthy pods that it requires. */
export const FOREIGN_BUDGETS = [
  { app: 'owned', budget: 'owned-guard', leastHealthy: 3 },
  { app: 'shared', budget: 'shared-pdb', leastHealthy: 3 },
] as const;

export const OTHER_TASK_ANNOTATION = 'NodeDrainTaskother';

/** True for pods that a drain must leave alone. */
export const isStaying = (name: string): boolean => isDaemon(name) || name.startsWith('static-');

/** True for pods that leave only when the node does. */
export const isDaemon = (name: string): boolean => name.startsWith('agent-');

/**
 * A node with one of each kind of workload, `<name>-spare` for their replacements, and `<name>-cordoned`, which another client cordoned.
 * `extra` is started with the others.
 */
export const createMixedPool = async (
  stack: Stack,
  name: string,
  extra: (namespace: string, shape: PodShape) => readonly object[] = () => [],
): Promise<NodePool> => {
  const shape = inPool(name);
  const pool = await createNodePool(stack, name, async (namespace) => {
    const rolling = rollingDeployment(namespace, shape);
    await stack.apply([...ordinaryWorkloads(namespace, shape), rolling, ...extra(namespace, shape)]);
    await awaitPods(stack, namespace, 'rolling', (pods) => pods.filter(isHealthy).length === 6);
    await stack.apply([rollingDeployment(namespace, { ...shape, behavior: { readiness: 'never' } })]);
  });
  await createPoolNode(stack, name, `${name}-cordoned`, true);
  await stack.apply([mirrorPod({ namespace: name, name: `static-${name}` }, pool.node)]);
  await createCloneSet(stack, pool, shape);
  await awaitMix(stack, name);
  return pool;
};

const ordinaryWorkloads = (namespace: string, shape: PodShape): readonly object[] => {
  const of = (name: string, replicas: number, more: PodShape = {}): WorkloadFixture => ({
    namespace,
    name,
    replicas,
    pod: { ...shape, ...more },
  });
  return [
    deployment(of('web', 8)),
    deployment(of('cache', 2, { emptyDir: 'scratch' })),
    deployment(of('crashing', 2, { behavior: { readiness: 'crash-loop' } })),
    deployment(of('single', 1)),
    deployment(of('owned', 4)),
    deployment(of('shared', 4)),
    statefulSet(of('database', 5)),
    replicaSet(of('alone', 4)),
    daemonSet({ namespace, name: 'agent', pod: shape }),
    job(of('batch', 2)),
    finishedPod({ namespace, name: 'finished', ...shape }),
    pod({ namespace, name: 'bare', ...shape }),
    disruptionBudget({ namespace, name: 'owned-guard', matchLabels: { app: 'owned' }, minAvailable: 3 }),
    otherTasksBudget(namespace),
  ];
};

/** A budget as another task of this tool would have created it. */
const otherTasksBudget = (namespace: string): object => {
  const spec = { maxUnavailable: 1, unhealthyPodEvictionPolicy: 'AlwaysAllow' as const };
  const hash = toBudgetSpecHash({ ...spec, selector: { matchLabels: { app: 'shared' }, matchExpressions: [] } });
  return disruptionBudget({
    namespace,
    name: 'shared-pdb',
    matchLabels: { app: 'shared' },
    labels: { [MANAGED_BY_LABEL]: MANAGED_BY },
    annotations: { [OTHER_TASK_ANNOTATION]: 'processing', [BUDGET_SPEC_HASH_ANNOTATION]: hash },
    ...spec,
  });
};

/** Applied again with pods that never become ready, it stops in mid-rollout: 5 of the old ReplicaSet, 3 of the new. */
const rollingDeployment = (namespace: string, shape: PodShape): KubernetesObject =>
  deployment({
    namespace,
    name: 'rolling',
    replicas: 6,
    pod: shape,
    spec: { strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 2, maxUnavailable: 1 } } },
  });

/** Four pods, one of them on the node. Their controller does not run here, so nothing replaces it. */
const createCloneSet = async (
  stack: Stack,
  { namespace, nodeName, spareName }: NodePool,
  shape: PodShape,
): Promise<void> => {
  const fixture: WorkloadFixture = { namespace, name: 'clone', replicas: 4, pod: shape };
  await stack.apply([cloneSet(fixture)]);
  const path = `/apis/apps.kruise.io/v1alpha1/namespaces/${namespace}/clonesets/clone`;
  await stack.api.patch(`${path}/status`, cloneSetStatus(fixture));
  const pods = cloneSetPods(fixture, await stack.api.read(path)).map((each, index) => ({
    ...each,
    spec: { ...each.spec, nodeName: index === 0 ? nodeName : spareName },
  }));
  await stack.apply(pods);
};

const awaitMix = async (stack: Stack, namespace: string): Promise<void> => {
  for (const [app, count] of Object.entries(HEALTHY_COUNTS)) {
    await awaitPods(stack, namespace, app, (pods) => pods.filter(isHealthy).length === count);
  }
  await awaitPods(stack, namespace, 'rolling', (pods) => pods.length === 8 && pods.every(isRunning));
  await awaitPods(stack, namespace, 'crashing', (pods) => pods.length === 2 && pods.every(isRunning));
  await awaitCondition('the bare pods have run', async () => {
    const pods = await stack.api.list(`/api/v1/namespaces/${namespace}/pods`);
    const phases = new Map(pods.map(({ metadata, status }) => [metadata.name, status?.['phase']]));
    return (
      phases.get('finished') === 'Succeeded' &&
      phases.get('bare') === 'Running' &&
      phases.get(`static-${namespace}`) === 'Running'
    );
  });
};

/** The DaemonSet has three nodes. */
const HEALTHY_COUNTS = {
  ...{ web: 8, rolling: 5, database: 5, alone: 4, clone: 4, cache: 2 },
  ...{ single: 1, owned: 4, shared: 4, batch: 2, agent: 3 },
};

const isRunning = ({ status }: KubernetesObject): boolean => status?.['phase'] === 'Running';

/**
 * Waits until the disruption controller can count the pods of CloneSets: it discovers new kinds every 30 s, and retries a budget that it
 * processed too early at growing intervals.
 */
export const awaitCloneSetsCounted = async (stack: Stack, namespace: string): Promise<void> => {
  await stack.createNamespace(namespace);
  // In a pool without nodes, so that it affects no drain.
  const fixture: WorkloadFixture = { namespace, name: 'probe', pod: inPool(namespace) };
  await stack.apply([cloneSet(fixture), disruptionBudget({ namespace, name: 'probe', maxUnavailable: 1 })]);
  const owner = await stack.api.read(`/apis/apps.kruise.io/v1alpha1/namespaces/${namespace}/clonesets/probe`);
  await stack.apply(cloneSetPods(fixture, owner));
  const path = `/apis/policy/v1/namespaces/${namespace}/poddisruptionbudgets/probe`;
  let touch = 0;
  await awaitCondition(
    'the disruption controller counts CloneSets',
    async () => {
      // A changed budget is processed at once.
      await stack.api.patch(path, { metadata: { annotations: { touch: String((touch += 1)) } } });
      const { status } = await stack.api.read(path);
      return status?.['expectedPods'] === 1;
    },
    { intervalMilliseconds: 500 },
  );
  await stack.api.delete(path);
};

import {
  cloneSet,
  cloneSetDefinition,
  cloneSetPods,
  cloneSetStatus,
} from '../../../stack/cluster-fixtures/clone-set.ts';
import { customDefinition } from '../../../stack/cluster-fixtures/custom-definition.ts';
import { disruptionBudget } from '../../../stack/cluster-fixtures/disruption-budget.ts';
import type { KubernetesObject } from '../../../stack/cluster-fixtures/kubernetes-object.ts';
import { controlledBy, pod } from '../../../stack/cluster-fixtures/pods.ts';
import { replicaSet } from '../../../stack/cluster-fixtures/workloads.ts';
import { awaitCondition } from '../../../stack/processes/await-condition.ts';
import type { Stack } from '../../../stack/stack.ts';

export const NODES = ['node-1', 'node-2', 'node-3'];

/**
 * Groups, versions and scale subresources as in the definitions of argoproj/argo-rollouts (rollout-crd.yaml), cloudnative-pg
 * (postgresql.cnpg.io_clusters.yaml), strimzi-kafka-operator (042-Crd-strimzipodset.yaml) and openkruise/kruise
 * (apps.kruise.io_daemonsets.yaml). None of the operators runs: pods and budgets are created here as they would create them.
 */
const DEFINITIONS = [
  customDefinition({
    group: 'argoproj.io',
    version: 'v1alpha1',
    kind: 'Rollout',
    plural: 'rollouts',
    scale: {
      specReplicasPath: '.spec.replicas',
      statusReplicasPath: '.status.HPAReplicas',
      labelSelectorPath: '.status.selector',
    },
  }),
  customDefinition({
    group: 'postgresql.cnpg.io',
    version: 'v1',
    kind: 'Cluster',
    plural: 'clusters',
    scale: { specReplicasPath: '.spec.instances', statusReplicasPath: '.status.instances' },
  }),
  customDefinition({ group: 'streams.example.com', version: 'v1', kind: 'Processor', plural: 'processors' }),
  customDefinition({ group: 'core.strimzi.io', version: 'v1beta2', kind: 'StrimziPodSet', plural: 'strimzipodsets' }),
  customDefinition({ group: 'apps.kruise.io', version: 'v1alpha1', kind: 'DaemonSet', plural: 'daemonsets' }),
  cloneSetDefinition(),
];

const namespace = 'shop';
const toPath = (group: string, plural: string, name: string): string =>
  `/apis/${group}/namespaces/${namespace}/${plural}/${name}`;

/** The workloads of five operators; pods of each run on `node-1`. */
export const createOperatorWorkloads = async (stack: Stack): Promise<void> => {
  await stack.createNamespace(namespace);
  await stack.createNodes(NODES.map((name) => ({ name })));
  await stack.apply(DEFINITIONS);
  await createRollout(stack);
  await createPostgres(stack, 'pg', 3);
  await createPostgres(stack, 'solo', 1);
  await createKafka(stack, 'events', 2);
  await createKafka(stack, 'strict', 3);
  await createKafka(stack, 'plain');
  await createCloneSet(stack);
  await createAdvancedDaemonSet(stack);
  await createProcessor(stack);
  await awaitSettled(stack);
};

/** Its template is that of a Deployment (`workloadRef`); the pods have the one of their ReplicaSet. */
const createRollout = async (stack: Stack): Promise<void> => {
  const spec = {
    replicas: 3,
    selector: { matchLabels: { app: 'web' } },
    workloadRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
    strategy: { canary: {} },
  };
  await stack.apply([
    { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', metadata: { namespace, name: 'web' }, spec },
  ]);
  const path = toPath('argoproj.io/v1alpha1', 'rollouts', 'web');
  const owner = await stack.api.patch(`${path}/status`, { status: { HPAReplicas: 3, selector: 'app=web' } });
  const set = replicaSet({
    namespace,
    name: 'web-5c9d',
    replicas: 3,
    spec: { selector: { matchLabels: { app: 'web', 'rollouts-pod-template-hash': '5c9d' } } },
    pod: { labels: { app: 'web', 'rollouts-pod-template-hash': '5c9d' }, ...spreadOverNodes('web') },
  });
  await stack.apply([{ ...set, metadata: { ...set.metadata, ownerReferences: [controlledBy(owner)] } }]);
};

/** One pod on each node, but only as a wish once nodes are cordoned. */
const spreadOverNodes = (app: string): object => ({
  affinity: {
    podAntiAffinity: {
      preferredDuringSchedulingIgnoredDuringExecution: [
        {
          weight: 100,
          podAffinityTerm: { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: { app } } },
        },
      ],
    },
  },
});

/** Pods belong to the Cluster; a budget for the primary, and from three instances on one for the replicas (`poddisruptionbudget.go`). */
const createPostgres = async (stack: Stack, name: string, instances: number): Promise<void> => {
  await stack.apply([
    { apiVersion: 'postgresql.cnpg.io/v1', kind: 'Cluster', metadata: { namespace, name }, spec: { instances } },
  ]);
  const path = toPath('postgresql.cnpg.io/v1', 'clusters', name);
  const owner = await stack.api.patch(`${path}/status`, { status: { instances } });
  const pods = NODES.slice(0, instances).map((nodeName, index) => {
    const role = index === 0 ? 'primary' : 'replica';
    return pod({
      namespace,
      name: `${name}-${index + 1}`,
      nodeName,
      emptyDir: 'scratch-data',
      labels: {
        'cnpg.io/cluster': name,
        'cnpg.io/instanceName': `${name}-${index + 1}`,
        'cnpg.io/instanceRole': role,
        'cnpg.io/podRole': 'instance',
        role,
      },
      ownerReferences: [controlledBy(owner)],
    });
  });
  const labels = { 'cnpg.io/cluster': name };
  const toBudget = (budgetName: string, role: string, minAvailable: number): KubernetesObject =>
    disruptionBudget({
      namespace,
      name: budgetName,
      minAvailable,
      matchLabels: { ...labels, 'cnpg.io/instanceRole': role },
    });
  await stack.apply([
    ...pods,
    toBudget(`${name}-primary`, 'primary', 1),
    ...(instances < 3 ? [] : [toBudget(name, 'replica', instances - 2)]),
  ]);
};

/**
 * `minAvailable` is the number of brokers minus `maxUnavailable` of the template (`PodDisruptionBudgetUtils.java`); absent: it has no budget
 * (`STRIMZI_POD_DISRUPTION_BUDGET_GENERATION` is false).
 */
const createKafka = async (stack: Stack, cluster: string, minAvailable?: number): Promise<void> => {
  const name = `${cluster}-broker`;
  const selector = { 'strimzi.io/cluster': cluster, 'strimzi.io/kind': 'Kafka', 'strimzi.io/name': `${cluster}-kafka` };
  const labels = { ...selector, 'strimzi.io/controller': 'strimzipodset', 'strimzi.io/controller-name': name };
  await stack.apply([
    {
      apiVersion: 'core.strimzi.io/v1beta2',
      kind: 'StrimziPodSet',
      metadata: { namespace, name, labels: selector },
      spec: { selector: { matchLabels: labels }, pods: [] },
    },
  ]);
  const owner = await stack.api.read(toPath('core.strimzi.io/v1beta2', 'strimzipodsets', name));
  await stack.apply([
    ...NODES.map((nodeName, index) =>
      pod({ namespace, name: `${name}-${index}`, nodeName, labels, ownerReferences: [controlledBy(owner)] }),
    ),
    ...(minAvailable === undefined ? [] : [kafkaBudget(cluster, minAvailable, selector)]),
  ]);
};

const kafkaBudget = (
  cluster: string,
  minAvailable: number,
  matchLabels: Readonly<Record<string, string>>,
): KubernetesObject =>
  disruptionBudget({
    namespace,
    name: `${cluster}-kafka`,
    minAvailable,
    matchLabels,
    labels: { 'app.kubernetes.io/managed-by': 'strimzi-cluster-operator' },
  });

const createCloneSet = async (stack: Stack): Promise<void> => {
  const fixture = { namespace, name: 'clone', replicas: 3 };
  await stack.apply([cloneSet(fixture)]);
  const path = toPath('apps.kruise.io/v1alpha1', 'clonesets', 'clone');
  const owner = await stack.api.patch(`${path}/status`, cloneSetStatus(fixture));
  const pods = cloneSetPods(fixture, owner);
  await stack.apply(pods.map((each, index) => ({ ...each, spec: { ...each.spec, nodeName: NODES[index] } })));
};

/** Bound to its node and tolerant of the cordon, as those of a DaemonSet of Kubernetes. */
const createAdvancedDaemonSet = async (stack: Stack): Promise<void> => {
  await stack.apply([
    { apiVersion: 'apps.kruise.io/v1alpha1', kind: 'DaemonSet', metadata: { namespace, name: 'agent' }, spec: {} },
  ]);
  const owner = await stack.api.read(toPath('apps.kruise.io/v1alpha1', 'daemonsets', 'agent'));
  await stack.apply(
    NODES.map((nodeName) =>
      pod({
        namespace,
        name: `agent-${nodeName}`,
        nodeName,
        labels: { app: 'agent' },
        tolerations: [{ key: 'node.kubernetes.io/unschedulable', operator: 'Exists', effect: 'NoSchedule' }],
        affinity: {
          nodeAffinity: {
            requiredDuringSchedulingIgnoredDuringExecution: {
              nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: [nodeName] }] }],
            },
          },
        },
        ownerReferences: [controlledBy(owner)],
      }),
    ),
  );
};

/** Of an operator that the tool does not know: its kind has no scale subresource, and its pods no budget. */
const createProcessor = async (stack: Stack): Promise<void> => {
  const apiVersion = 'streams.example.com/v1';
  await stack.apply([{ apiVersion, kind: 'Processor', metadata: { namespace, name: 'stream' }, spec: {} }]);
  const owner = await stack.api.read(toPath(apiVersion, 'processors', 'stream'));
  await stack.apply(
    NODES.map((nodeName) =>
      pod({
        namespace,
        name: `stream-${nodeName}`,
        nodeName,
        labels: { app: 'stream' },
        ownerReferences: [controlledBy(owner)],
      }),
    ),
  );
};

/** Rollout, two Clusters, three sets of brokers, a CloneSet, a DaemonSet and a Processor. */
const POD_COUNT = 3 + 3 + 1 + 3 + 3 + 3 + 3 + 3 + 3;

const awaitSettled = async (stack: Stack): Promise<void> => {
  await stack.awaitPodsReady(namespace, '', POD_COUNT);
  await awaitCondition('the disruption controller has counted the pods of all budgets', async () => {
    const budgets = await stack.api.list(`/apis/policy/v1/namespaces/${namespace}/poddisruptionbudgets`);
    return budgets.every(({ spec, status, metadata }) => {
      const { observedGeneration, currentHealthy, desiredHealthy } = (status ?? {}) as Record<string, number>;
      const isCounted = observedGeneration === metadata.generation && desiredHealthy === spec?.['minAvailable'];
      return isCounted && (currentHealthy ?? 0) >= (desiredHealthy ?? 0);
    });
  });
};

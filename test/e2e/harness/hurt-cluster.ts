import { awaitCondition } from '../../../stack/processes/await-condition.ts';
import { disruptionBudget } from '../../../stack/cluster-fixtures/disruption-budget.ts';
import type { KubernetesObject } from '../../../stack/cluster-fixtures/kubernetes-object.ts';
import { pod } from '../../../stack/cluster-fixtures/pods.ts';
import { deployment, job } from '../../../stack/cluster-fixtures/workloads.ts';
import type { Stack } from '../../../stack/stack.ts';

/** Address of the Service `tools/temporal` for clients outside of the cluster. */
export const TEMPORAL_ADDRESS = '192.0.2.1';
export const NODES = ['node-1', 'node-2'] as const;

const shop = { namespace: 'shop' } as const;
const TEMPORAL = 'temporal';

/** Every replica on a node of its own. */
const apartBy = (app: string): object => {
  const term = { labelSelector: { matchLabels: { app } }, topologyKey: 'kubernetes.io/hostname' };
  return { requiredDuringSchedulingIgnoredDuringExecution: [term] };
};

/** One workload for each way in which a budget or an admission blocks the removal of both nodes, each with its own name. */
const WORKLOADS: readonly KubernetesObject[] = [
  deployment({ ...shop, name: 'frozen', replicas: 2 }),
  deployment({ ...shop, name: 'full', replicas: 2 }),
  deployment({ ...shop, name: 'crashing', replicas: 2, pod: { behavior: { readiness: 'crash-loop' } } }),
  deployment({ ...shop, name: 'unready', replicas: 2, pod: { behavior: { readiness: 'never' } } }),
  job({ ...shop, name: 'uncounted' }),
  deployment({ ...shop, name: 'double', replicas: 2 }),
  deployment({ ...shop, name: 'ours', replicas: 4 }),
  deployment({
    ...shop,
    name: 'pair',
    replicas: 2,
    pod: { nodeSelector: { pool: 'old' }, affinity: { podAntiAffinity: apartBy('pair') } },
  }),
  deployment({ ...shop, name: 'alone' }),
  deployment({ namespace: 'tight', name: 'limited' }),
  deployment({ namespace: 'strict', name: 'rooted', replicas: 2 }),
  deployment({ namespace: 'tools', name: TEMPORAL }),
];

const BUDGETS: readonly KubernetesObject[] = [
  disruptionBudget({ ...shop, name: 'frozen', maxUnavailable: 0 }),
  disruptionBudget({ ...shop, name: 'full', minAvailable: 2 }),
  disruptionBudget({ ...shop, name: 'crashing', minAvailable: 1 }),
  disruptionBudget({ ...shop, name: 'unready', minAvailable: 1 }),
  disruptionBudget({ ...shop, name: 'uncounted', maxUnavailable: 1 }),
  disruptionBudget({ ...shop, name: 'double', maxUnavailable: 1 }),
  disruptionBudget({ ...shop, name: 'double-too', maxUnavailable: 1, matchLabels: { app: 'double' } }),
  disruptionBudget({ ...shop, name: 'pair', maxUnavailable: 1 }),
];

const POD_COUNT = 23;
const READY = 19;

const service = (namespace: string, name: string, spec: object = {}): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { namespace, name },
  spec: { selector: { app: name }, ports: [{ port: 80 }], ...spec },
});

const quota = (namespace: string, hard: object): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'ResourceQuota',
  metadata: { namespace, name: 'limit' },
  spec: { hard },
});

/** Two nodes with all of it, and a third one with room for everything. */
export const buildHurtCluster = async (stack: Stack): Promise<void> => {
  await Promise.all(['shop', 'tight', 'strict', 'tools'].map((namespace) => stack.createNamespace(namespace)));
  await stack.createNodes(NODES.map((name) => ({ name, labels: { pool: 'old' } })));
  // Before the pods: a quota controller that has not seen a pod yet counts none for minutes; the admission counts each.
  await stack.apply([quota('tight', { pods: '1' }), quota('strict', { 'count/poddisruptionbudgets.policy': '0' })]);
  await awaitQuotas(stack);
  await stack.apply([
    ...WORKLOADS,
    ...BUDGETS,
    pod({ ...shop, name: 'bare', labels: { app: 'bare' } }),
    service('shop', 'alone'),
    service('shop', 'frozen'),
    service('tools', TEMPORAL, { externalIPs: [TEMPORAL_ADDRESS] }),
  ]);
  await awaitPods(stack);
  await stack.createNodes([{ name: 'node-3' }]);
  await Promise.all([makeUnready(stack), enforceRestricted(stack), awaitBudgets(stack)]);
};

const awaitPods = async (stack: Stack): Promise<void> => {
  await awaitCondition('all pods run', async () => {
    const pods = await stack.api.list('/api/v1/pods');
    const running = pods.filter(({ status }) => status?.['phase'] === 'Running');
    return running.length === POD_COUNT && running.filter(isReady).length === READY;
  });
};

const isReady = ({ status }: KubernetesObject): boolean =>
  (status?.['conditions'] as readonly { type: string; status: string }[]).some(
    (condition) => condition.type === 'Ready' && condition.status === 'True',
  );

/** Two of four: the budget of 25 % that the run would create allows no eviction then. */
const makeUnready = async (stack: Stack): Promise<void> => {
  const pods = await stack.api.list('/api/v1/namespaces/shop/pods?labelSelector=app%3Dours');
  const conditions = [{ type: 'Ready', status: 'False', lastTransitionTime: new Date().toISOString() }];
  await Promise.all(
    pods
      .slice(0, 2)
      .map(({ metadata }) =>
        stack.api.patch(`/api/v1/namespaces/shop/pods/${metadata.name}/status`, { status: { conditions } }),
      ),
  );
};

/** After its pods run: those that exist are not evicted for it. */
const enforceRestricted = async (stack: Stack): Promise<void> => {
  const labels = { 'pod-security.kubernetes.io/enforce': 'restricted' };
  await stack.api.patch('/api/v1/namespaces/strict', { metadata: { labels } });
};

const awaitQuotas = async (stack: Stack): Promise<void> => {
  await awaitCondition('the quotas are counted', async () =>
    (await stack.api.list('/api/v1/resourcequotas')).every(({ status }) => status?.['used'] !== undefined),
  );
};

const awaitBudgets = async (stack: Stack): Promise<void> => {
  await awaitCondition('the budgets are counted', async () =>
    (await stack.api.list('/apis/policy/v1/poddisruptionbudgets')).every(
      ({ status }) => ((status?.['conditions'] ?? []) as readonly unknown[]).length > 0,
    ),
  );
};

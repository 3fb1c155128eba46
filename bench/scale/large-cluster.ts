import pMap from 'p-map';
import { SIMULATED_NODE_ANNOTATION } from '../../stack/control-plane/kwok.ts';
import { node } from '../../stack/cluster-fixtures/node.ts';
import type { KubernetesObject } from '../../stack/cluster-fixtures/kubernetes-object.ts';
import { awaitCondition } from '../../stack/processes/await-condition.ts';
import type { Stack } from '../../stack/stack.ts';
import { APPS, toPlanCluster } from './plan-cluster.ts';

const NAMESPACE = 'shop';
const REQUESTS_AT_ONCE = 40;
const ADOPTION_TIMEOUT_MILLISECONDS = 600_000;

/**
 * The cluster of `toPlanCluster` on the API server: its nodes, whose pods nothing starts, and one ReplicaSet for each app, which adopts the
 * pods that exist. 30,000 pods take about two minutes.
 * @param onProgress called with lines of text
 */
export const createLargeCluster = async (
  stack: Stack,
  nodeCount: number,
  fullNodes: number,
  onProgress: (line: string) => void,
): Promise<void> => {
  const { api } = stack;
  const { pods, templates } = toPlanCluster(nodeCount, fullNodes);
  await stack.createNamespace(NAMESPACE);
  await create(names(nodeCount), (name) => api.create('/api/v1/nodes', withoutSimulation(name)));
  onProgress(`${nodeCount} nodes`);
  const path = `/api/v1/namespaces/${NAMESPACE}/pods`;
  await create(pods, ({ name, template, nodeName }) => {
    const { metadata, spec } = templates[template] as unknown as Template;
    return api.create(path, { metadata: { ...metadata, name }, spec: { ...toSpec(spec), nodeName } });
  });
  onProgress(`${pods.length} pods`);
  const counts = templates.map((_, app) => pods.filter(({ template }) => template === app).length);
  await create(templates as readonly unknown[] as readonly Template[], ({ metadata, spec }, app) =>
    api.create(`/apis/apps/v1/namespaces/${NAMESPACE}/replicasets`, {
      metadata: { name: `app-${app}` },
      spec: {
        replicas: counts[app],
        selector: { matchLabels: metadata.labels },
        template: { metadata, spec: toSpec(spec) },
      },
    }),
  );
  await awaitAdoption(stack, pods.length);
  onProgress(`${APPS} ReplicaSets own them`);
};

interface Template {
  readonly metadata: { readonly labels: Readonly<Record<string, string>> };
  readonly spec: { readonly containers: readonly object[] };
}

const names = (count: number): readonly string[] => Array.from({ length: count }, (_, index) => `node-${index}`);

const create = async <Item>(items: readonly Item[], one: (item: Item, index: number) => Promise<unknown>) => {
  await pMap(items, one, { concurrency: REQUESTS_AT_ONCE });
};

/** KWOK would start every pod, which takes longer than all else here. */
const withoutSimulation = (name: string): KubernetesObject => {
  const created = node({
    name,
    capacity: { cpu: '64', memory: '256Gi', pods: '250' },
    labels: { 'topology.kubernetes.io/zone': `zone-${Number(name.slice('node-'.length)) % 3}` },
  });
  const annotations = Object.entries(created.metadata.annotations ?? {});
  const simulated = Object.keys(SIMULATED_NODE_ANNOTATION);
  return {
    ...created,
    metadata: {
      ...created.metadata,
      annotations: Object.fromEntries(annotations.filter(([key]) => !simulated.includes(key))),
    },
  };
};

const toSpec = (spec: Template['spec']): object => ({
  ...spec,
  containers: spec.containers.map((container) => ({ ...container, image: 'none' })),
});

const awaitAdoption = async ({ api }: Stack, podCount: number): Promise<void> => {
  await awaitCondition(
    'the ReplicaSets own their pods',
    async () => {
      const sets = await api.list(`/apis/apps/v1/namespaces/${NAMESPACE}/replicasets`);
      return sets.reduce((sum, { status }) => sum + ((status?.['replicas'] ?? 0) as number), 0) === podCount;
    },
    { timeoutMilliseconds: ADOPTION_TIMEOUT_MILLISECONDS, intervalMilliseconds: 1000 },
  );
};

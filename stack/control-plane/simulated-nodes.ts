import type { KubernetesApi } from './kubernetes-api.ts';
import { awaitCondition } from '../processes/await-condition.ts';
import { node } from '../cluster-fixtures/node.ts';
import type { NodeFixture } from '../cluster-fixtures/node.ts';
import type { KubernetesObject } from '../cluster-fixtures/kubernetes-object.ts';

interface Taint {
  readonly key: string;
}

const NOT_READY_TAINT = 'node.kubernetes.io/not-ready';
const UNSCHEDULABLE_TAINT = 'node.kubernetes.io/unschedulable';

/**
 * Creates simulated nodes, ready at once, and waits until the node lifecycle controller has removed the taint of new nodes, so that pods can
 * be scheduled, and has added the taint of cordoned ones.
 * @returns the Node objects as read afterwards, in the order of `fixtures`
 * @throws ApiRequestError e.g. with status 409: a node of that name exists.
 */
export const createSimulatedNodes = async (
  api: KubernetesApi,
  fixtures: readonly NodeFixture[],
): Promise<KubernetesObject[]> => {
  for (const fixture of fixtures) await api.create('/api/v1/nodes', node(fixture));
  return Promise.all(
    fixtures.map(({ name, unschedulable = false }) =>
      awaitCondition(`node ${name} has the taints of its state`, async () => {
        const found = await api.read(`/api/v1/nodes/${name}`);
        const keys = ((found.spec?.['taints'] ?? []) as Taint[]).map(({ key }) => key);
        const isSettled = !keys.includes(NOT_READY_TAINT) && keys.includes(UNSCHEDULABLE_TAINT) === unschedulable;
        return isSettled ? found : undefined;
      }),
    ),
  );
};

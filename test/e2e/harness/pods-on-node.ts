import { awaitCondition } from '../../../stack/processes/await-condition.ts';
import type { KubernetesObject } from '../../../stack/cluster-fixtures/kubernetes-object.ts';
import type { Stack } from '../../../stack/stack.ts';

/** The pods bound to a node, as the API server currently lists them. */
export const readPodsOnNode = async (stack: Stack, nodeName: string): Promise<readonly KubernetesObject[]> =>
  await stack.api.list(`/api/v1/pods?fieldSelector=spec.nodeName%3D${nodeName}`);

/** UIDs, sorted, of those that `isWanted` picks by name. */
export const toUids = (
  pods: readonly KubernetesObject[],
  isWanted: (name: string) => boolean = () => true,
): readonly string[] =>
  pods
    .filter(({ metadata }) => isWanted(metadata.name))
    .map(({ metadata }) => metadata.uid ?? '')
    .sort();

/** Waits until `isReached` holds for the pods of the namespace that carry `app: <app>`. */
export const awaitPods = async (
  stack: Stack,
  namespace: string,
  app: string,
  isReached: (pods: readonly KubernetesObject[]) => boolean,
): Promise<readonly KubernetesObject[]> =>
  await awaitCondition(`pods of ${namespace}/${app} are in the expected state`, async () => {
    const pods = await stack.api.list(`/api/v1/namespaces/${namespace}/pods?labelSelector=app%3D${app}`);
    return isReached(pods) ? pods : undefined;
  });

/** Ready and not being deleted: what the disruption controller counts as healthy. */
export const isHealthy = ({ metadata, status }: KubernetesObject): boolean => {
  const conditions = (status?.['conditions'] ?? []) as readonly { type: string; status: string }[];
  const isReady = conditions.some((condition) => condition.type === 'Ready' && condition.status === 'True');
  return isReady && metadata.deletionTimestamp === undefined;
};

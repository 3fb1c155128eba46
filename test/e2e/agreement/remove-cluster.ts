import type { KubernetesObject } from '../../../stack/cluster-fixtures/kubernetes-object.ts';
import type { KubernetesApi } from '../../../stack/control-plane/kubernetes-api.ts';
import type { GeneratedCluster } from './generated-cluster.ts';

/** Removes all objects of the cluster: nodes of other clusters would take part in the next one. */
export const removeCluster = async (
  api: KubernetesApi,
  { namespace, nodes, objects, workloads }: GeneratedCluster,
): Promise<void> => {
  const remove = async (path: string, options?: Readonly<Record<string, unknown>>): Promise<void> => {
    if ((await api.find(path)) !== undefined) await api.delete(path, options);
  };
  const removeAll = (paths: readonly string[], options?: Readonly<Record<string, unknown>>): Promise<unknown> =>
    Promise.all(paths.map((path) => remove(path, options)));
  const pods = `/api/v1/namespaces/${namespace}/pods`;
  await removeAll(
    workloads.map(({ metadata: { name } }) => `/apis/apps/v1/namespaces/${namespace}/replicasets/${name}`),
    { propagationPolicy: 'Orphan' },
  );
  const names = (await api.list(pods)).map(({ metadata: { name } }) => name);
  await removeAll(
    names.map((name) => `${pods}/${name}`),
    { gracePeriodSeconds: 0 },
  );
  await removeAll(nodes.map(({ name }) => `/api/v1/nodes/${name}`));
  await removeAll(objects.map(toPath));
  await api.delete(`/api/v1/namespaces/${namespace}`);
};

const PLURALS: Readonly<Record<string, string>> = {
  PersistentVolume: 'api/v1/persistentvolumes',
  PersistentVolumeClaim: 'api/v1/namespaces/*/persistentvolumeclaims',
  PriorityClass: 'apis/scheduling.k8s.io/v1/priorityclasses',
  StorageClass: 'apis/storage.k8s.io/v1/storageclasses',
  CSINode: 'apis/storage.k8s.io/v1/csinodes',
  ResourceSlice: 'apis/resource.k8s.io/v1/resourceslices',
  ResourceClaimTemplate: 'apis/resource.k8s.io/v1/namespaces/*/resourceclaimtemplates',
};

const toPath = ({ kind, metadata: { namespace, name } }: KubernetesObject): string => {
  const plural = PLURALS[kind];
  if (plural === undefined)
    throw new Error(`A generated cluster has an object of kind ${kind}, whose path is unknown.`);
  return `/${plural.replace('*', namespace ?? '')}/${name}`;
};

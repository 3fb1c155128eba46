import { awaitCondition } from '../../../stack/processes/await-condition.ts';
import type { KubernetesObject } from '../../../stack/cluster-fixtures/kubernetes-object.ts';
import type { Stack } from '../../../stack/stack.ts';

/**
 * Collections to which suites add objects, in the order of deletion: what intercepts requests, what would recreate pods, and the rest.
 * Namespaces stay, empty: their deletion would take longer than all others together.
 */
const COLLECTIONS: readonly string[] = [
  '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations',
  '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations',
  '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings',
  '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies',
  '/apis/apiextensions.k8s.io/v1/customresourcedefinitions',
  '/api/v1/resourcequotas',
  '/apis/apps/v1/deployments',
  '/apis/apps/v1/statefulsets',
  '/apis/apps/v1/daemonsets',
  '/apis/apps/v1/replicasets',
  '/apis/batch/v1/cronjobs',
  '/apis/batch/v1/jobs',
  '/api/v1/replicationcontrollers',
  '/api/v1/pods',
  '/api/v1/nodes',
  '/apis/policy/v1/poddisruptionbudgets',
  '/api/v1/services',
  '/api/v1/persistentvolumeclaims',
  '/api/v1/persistentvolumes',
  '/apis/storage.k8s.io/v1/volumeattachments',
  '/apis/storage.k8s.io/v1/storageclasses',
  '/apis/scheduling.k8s.io/v1/priorityclasses',
  '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings',
  '/apis/rbac.authorization.k8s.io/v1/clusterroles',
  '/apis/rbac.authorization.k8s.io/v1/rolebindings',
  '/apis/rbac.authorization.k8s.io/v1/roles',
  '/api/v1/serviceaccounts',
];

/** Paths of the objects that a new control plane has. */
export type PristineCluster = ReadonlySet<string>;

export const readPristineCluster = async (stack: Stack): Promise<PristineCluster> =>
  new Set((await readObjects(stack)).map(({ path }) => path));

/** Deletes every object that is not in `pristine`, without grace period and despite finalizers, until none is left. */
export const clearCluster = async (stack: Stack, pristine: PristineCluster): Promise<void> => {
  await awaitCondition('the objects of the suite are gone', async () => {
    const left = (await readObjects(stack)).filter(({ path }) => !pristine.has(path) && !isOfControllers(path));
    await Promise.all(left.map((each) => remove(stack, each)));
    return left.length === 0;
  });
};

interface FoundObject {
  readonly path: string;
  readonly object: KubernetesObject;
}

const readObjects = async (stack: Stack): Promise<readonly FoundObject[]> => {
  const found = await Promise.all(
    COLLECTIONS.map(async (collection) =>
      (await stack.api.list(collection)).map((object) => ({ path: toPath(collection, object), object })),
    ),
  );
  return found.flat();
};

const toPath = (collection: string, { metadata: { namespace, name } }: KubernetesObject): string => {
  if (namespace === undefined) return `${collection}/${name}`;
  const position = collection.lastIndexOf('/');
  return `${collection.slice(0, position)}/namespaces/${namespace}${collection.slice(position)}/${name}`;
};

/** The controller manager creates a service account in each namespace, and its own ones when it first needs them. */
const isOfControllers = (path: string): boolean =>
  /\/namespaces\/(kube-[^/]+\/serviceaccounts\/[^/]+|[^/]+\/serviceaccounts\/default)$/.test(path);

/** The object may already be deleted or changed: the next iteration checks. */
const remove = async ({ api }: Stack, { path, object }: FoundObject): Promise<void> => {
  // A definition's own finalizer removes its objects, which would otherwise reappear with the next definition.
  if ((object.metadata.finalizers ?? []).length > 0 && !path.includes('/customresourcedefinitions/')) {
    await api.request('PATCH', path, { metadata: { finalizers: null } }, 'application/merge-patch+json');
  }
  await api.request('DELETE', path, { gracePeriodSeconds: 0, propagationPolicy: 'Background' });
};

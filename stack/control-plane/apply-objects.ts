import { awaitCondition } from '../processes/await-condition.ts';
import type { KubernetesObject } from '../cluster-fixtures/kubernetes-object.ts';
import { ApiRequestError } from './kubernetes-api.ts';
import type { KubernetesApi } from './kubernetes-api.ts';

/** One kind of a group and version, as listed by discovery. */
interface ApiResource {
  /** The plural, for instance `deployments`; subresources contain a slash. */
  readonly name: string;
  readonly kind: string;
  readonly namespaced: boolean;
}

const FIELD_MANAGER = 'node-decommission-stack';

/**
 * Server-side apply through the API. `kubectl apply` does the same, but each call costs half a second of a processor.
 * CustomResourceDefinitions are applied first; the call waits until they are established.
 */
export const createApply = (api: KubernetesApi): ((objects: readonly KubernetesObject[]) => Promise<void>) => {
  const known = new Map<string, readonly ApiResource[]>();

  const findResource = async (apiVersion: string, kind: string): Promise<ApiResource> => {
    const isWanted = (resource: ApiResource): boolean => resource.kind === kind && !resource.name.includes('/');
    const found = known.get(apiVersion)?.find(isWanted);
    if (found !== undefined) return found;
    // Not cached, or a new kind, whose definition was applied a moment ago.
    const resources = await readResources(api, apiVersion);
    known.set(apiVersion, resources);
    const resource = resources.find(isWanted);
    if (resource === undefined) throw new Error(`The API server has no kind ${kind} in ${apiVersion}.`);
    return resource;
  };

  const applyOne = async (object: KubernetesObject): Promise<void> => {
    const { apiVersion, kind, metadata } = object;
    const { name, namespaced } = await findResource(apiVersion, kind);
    const place = namespaced ? `/namespaces/${metadata.namespace ?? 'default'}` : '';
    const path = `${toRoot(apiVersion)}${place}/${name}/${metadata.name}`;
    const query = `fieldManager=${FIELD_MANAGER}&force=true&fieldValidation=Strict`;
    const response = await api.request('PATCH', `${path}?${query}`, object, 'application/apply-patch+yaml');
    if (response.status >= 400) throw new ApiRequestError('PATCH', path, response);
  };

  return async (objects) => {
    const definitions = objects.filter(({ kind }) => kind === 'CustomResourceDefinition');
    for (const definition of definitions) await applyOne(definition);
    for (const { metadata } of definitions) await awaitEstablished(api, metadata.name);
    for (const object of objects) if (!definitions.includes(object)) await applyOne(object);
  };
};

const readResources = async (api: KubernetesApi, apiVersion: string): Promise<readonly ApiResource[]> => {
  const response = await api.request('GET', toRoot(apiVersion));
  if (response.status >= 400) throw new ApiRequestError('GET', toRoot(apiVersion), response);
  return (response.body as { readonly resources: readonly ApiResource[] }).resources;
};

/** For instance `/api/v1` or `/apis/apps/v1`. */
const toRoot = (apiVersion: string): string => `${apiVersion.includes('/') ? '/apis' : '/api'}/${apiVersion}`;

const awaitEstablished = async (api: KubernetesApi, name: string): Promise<void> => {
  await awaitCondition(`the definition ${name} is established`, async () => {
    const { status } = await api.read(`/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${name}`);
    const conditions = (status?.['conditions'] ?? []) as readonly { readonly type: string; readonly status: string }[];
    return conditions.some(({ type, status: value }) => type === 'Established' && value === 'True');
  });
};

import { describe, expect, it } from '@jest/globals';

import type { KubernetesObject } from '../../../stack/cluster-fixtures/kubernetes-object.ts';
import { createApply } from '../../../stack/control-plane/apply-objects.ts';
import type { ApiResponse, KubernetesApi } from '../../../stack/control-plane/kubernetes-api.ts';

const CORE = [
  { name: 'namespaces', kind: 'Namespace', namespaced: false },
  { name: 'pods', kind: 'Pod', namespaced: true },
  { name: 'pods/eviction', kind: 'Eviction', namespaced: true },
];
const object = (kind: string, name: string, apiVersion = 'v1', namespace?: string): KubernetesObject => ({
  apiVersion,
  kind,
  metadata: { name, ...(namespace === undefined ? {} : { namespace }) },
});
const DEFINITIONS = '/apis/apiextensions.k8s.io/v1';
const DEFINITION = object('CustomResourceDefinition', 'clones.example.com', 'apiextensions.k8s.io/v1');

/** Responds to discovery, accepts every object, and records the requests. */
class FakeApi {
  readonly requests: string[] = [];
  readonly resources: Record<string, readonly object[]> = {
    '/api/v1': CORE,
    [DEFINITIONS]: [{ name: 'customresourcedefinitions', kind: 'CustomResourceDefinition', namespaced: false }],
    '/apis/example.com/v1': [],
  };
  #isEstablished = false;

  request(method: string, path: string, body?: unknown, contentType?: string): Promise<ApiResponse> {
    this.requests.push(`${method} ${path.split('?')[0] ?? ''}`);
    if (method === 'GET') return Promise.resolve({ status: 200, body: { resources: this.resources[path] } });
    expect(contentType).toBe('application/apply-patch+yaml');
    const isRefused = (body as KubernetesObject).metadata.name === 'refused';
    return Promise.resolve(isRefused ? { status: 422, body: { message: 'no' } } : { status: 200, body });
  }

  read(path: string): Promise<unknown> {
    this.requests.push(`GET ${path}`);
    const status = { conditions: [{ type: 'Established', status: this.#isEstablished ? 'True' : 'False' }] };
    this.#isEstablished = true;
    this.resources['/apis/example.com/v1'] = [{ name: 'clones', kind: 'Clone', namespaced: true }];
    return Promise.resolve({ status });
  }
}

const apply = async (api: FakeApi, ...objects: readonly KubernetesObject[]): Promise<readonly string[]> => {
  await createApply(api as unknown as KubernetesApi)(objects);
  return api.requests;
};

describe('apply', () => {
  it('finds the path of each kind, and requests it once', async () => {
    const requests = await apply(
      new FakeApi(),
      object('Namespace', 'shop'),
      object('Pod', 'web', 'v1', 'shop'),
      object('Pod', 'bare'),
    );
    expect(requests).toEqual([
      'GET /api/v1',
      'PATCH /api/v1/namespaces/shop',
      'PATCH /api/v1/namespaces/shop/pods/web',
      'PATCH /api/v1/namespaces/default/pods/bare',
    ]);
  });

  it('applies definitions first, and waits until their kind exists', async () => {
    const requests = await apply(new FakeApi(), object('Clone', 'one', 'example.com/v1', 'shop'), DEFINITION);
    expect(requests).toEqual([
      `GET ${DEFINITIONS}`,
      `PATCH ${DEFINITIONS}/customresourcedefinitions/clones.example.com`,
      `GET ${DEFINITIONS}/customresourcedefinitions/clones.example.com`,
      `GET ${DEFINITIONS}/customresourcedefinitions/clones.example.com`,
      'GET /apis/example.com/v1',
      'PATCH /apis/example.com/v1/namespaces/shop/clones/one',
    ]);
  });

  it('throws when the API server rejects an object or has no such kind', async () => {
    await expect(apply(new FakeApi(), object('Pod', 'refused'))).rejects.toThrow(
      'PATCH /api/v1/namespaces/default/pods/refused returned status 422: no',
    );
    await expect(apply(new FakeApi(), object('Gone', 'one'))).rejects.toThrow('no kind Gone in v1');
  });
});

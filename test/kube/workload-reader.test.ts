import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { KubeCluster } from '../../src/kube/kube-cluster.ts';
import { owner } from '../builders/pod.ts';
import { json, status, text } from '../fakes/api-server.ts';
import type { Answer, FakeApiServer } from '../fakes/api-server.ts';
import { startKubeScene } from './kube-scene.ts';

const NOT_FOUND = json(404, status(404, 'NotFound', 'not found'));

let server: FakeApiServer;
let cluster: KubeCluster;

beforeEach(async () => {
  ({ server, cluster } = await startKubeScene());
});

afterEach(async () => {
  await server.stop();
});

describe('readWorkload', () => {
  const CLONE_SET = owner('apps.kruise.io/v1alpha1', 'CloneSet', 'web');
  const ROOT = 'GET /apis/apps.kruise.io/v1alpha1';
  const OBJECT = `${ROOT}/namespaces/default/clonesets/web`;
  const resources = json(200, {
    resources: [
      { name: 'clonesets/scale', kind: 'Scale', namespaced: true },
      { name: 'clonesets/status', kind: 'CloneSet', namespaced: true },
      { name: 'clonesets', kind: 'CloneSet', namespaced: true },
    ],
  });
  const object = json(200, { metadata: { namespace: 'default', name: 'web', uid: CLONE_SET.uid }, spec: {} });

  it('reads a built-in kind directly, whatever version its owner reference names', async () => {
    server.script('GET /apis/apps/v1/namespaces/default/replicasets/web-1', object);
    const reference = { ...owner('extensions/v1beta1', 'ReplicaSet', 'web-1'), uid: CLONE_SET.uid };
    expect(await cluster.readWorkload('default', { ...reference, apiVersion: 'apps/v1beta2' })).toMatchObject({
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      replicas: 1,
    });
  });

  it('finds another kind by discovery, once, and reads its scale', async () => {
    server.script(ROOT, resources);
    server.script(OBJECT, object);
    server.script(`${OBJECT}/scale`, json(200, { spec: { replicas: 4 }, status: { selector: 'app=web' } }));
    const expected = { kind: 'CloneSet', replicas: 4, selector: { matchLabels: { app: 'web' }, matchExpressions: [] } };
    expect(await cluster.readWorkload('default', CLONE_SET)).toMatchObject(expected);
    expect(await cluster.readWorkload('default', CLONE_SET)).toMatchObject(expected);
    expect(server.requests.filter(({ path }) => path.endsWith('/v1alpha1'))).toHaveLength(1);
  });

  it('reads a scale without a replica field as one replica', async () => {
    server.script(ROOT, resources);
    server.script(OBJECT, object);
    const message = 'Internal error occurred: the spec replicas field ".spec.replicas" does not exist';
    server.script(`${OBJECT}/scale`, json(500, status(500, 'InternalError', message)));
    expect(await cluster.readWorkload('default', CLONE_SET)).toMatchObject({ replicas: 1 });
  });

  it('uses another version of the group when the owner’s version is not served', async () => {
    server.script('GET /apis/apps.kruise.io', json(200, { preferredVersion: { groupVersion: 'apps.kruise.io/v1' } }));
    server.script(
      'GET /apis/apps.kruise.io/v1',
      json(200, { resources: [{ name: 'clonesets', kind: 'CloneSet', namespaced: true }] }),
    );
    server.script('GET /apis/apps.kruise.io/v1/namespaces/default/clonesets/web', object);
    expect(await cluster.readWorkload('default', CLONE_SET)).toMatchObject({ apiVersion: 'apps.kruise.io/v1' });
  });

  it('returns undefined when the kind was removed', async () => {
    expect(await cluster.readWorkload('default', CLONE_SET)).toBeUndefined();
  });

  it('discovers a kind again that is no longer served where it was found', async () => {
    server.script(ROOT, resources, text(404, '404 page not found'));
    await expect(cluster.readWorkload('default', CLONE_SET)).rejects.toMatchObject({ status: 404, retryable: true });
    expect(await cluster.readWorkload('default', CLONE_SET)).toBeUndefined();
  });

  it.each<[string, Answer]>([
    ['is gone', NOT_FOUND],
    ['has another UID', json(200, { metadata: { uid: 'other' } })],
  ])('returns undefined when the object %s', async (_name, answer) => {
    server.script(ROOT, json(200, { resources: [{ name: 'clonesets', kind: 'CloneSet', namespaced: true }] }));
    server.script(OBJECT, answer);
    expect(await cluster.readWorkload('default', CLONE_SET)).toBeUndefined();
  });

  it('throws Forbidden for a kind without read permission', async () => {
    server.script(ROOT, resources);
    server.script(OBJECT, json(403, status(403, 'Forbidden', 'User "x" cannot get resource "clonesets"')));
    await expect(cluster.readWorkload('default', CLONE_SET)).rejects.toMatchObject({ reason: 'Forbidden' });
  });
});

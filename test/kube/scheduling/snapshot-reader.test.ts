import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { KubeCluster } from '../../../src/kube/kube-cluster.ts';
import { RIGHTS_TO_PLACE } from '../../../src/domain/cluster/rights.ts';
import { SCHEDULER_KINDS } from '../../../src/kube/scheduling/scheduler-kinds.ts';
import { json, status } from '../../fakes/api-server.ts';
import type { FakeApiServer } from '../../fakes/api-server.ts';
import { startKubeScene } from '../kube-scene.ts';

const REQUIRED = [
  '/api/v1/nodes',
  '/api/v1/pods',
  '/api/v1/persistentvolumeclaims',
  '/api/v1/persistentvolumes',
  '/apis/storage.k8s.io/v1/volumeattachments',
];
const CSI_NODES = '/apis/storage.k8s.io/v1/csinodes';
const STORAGE_CLASSES = '/apis/storage.k8s.io/v1/storageclasses';
const forbidden = (path: string): object =>
  status(403, 'Forbidden', `User "a" cannot list resource "${path}" in API group "" at the cluster scope`);

let server: FakeApiServer;
let cluster: KubeCluster;

/** Every other kind is not served. */
const serve = (path: string, ...items: object[]): void => {
  server.script(`GET ${path}`, json(200, { metadata: {}, items }));
};

beforeEach(async () => {
  ({ server, cluster } = await startKubeScene());
  REQUIRED.forEach((path) => {
    serve(path);
  });
});

afterEach(async () => {
  await server.stop();
});

const pod = (name: string, phase = 'Running'): object => ({
  metadata: { namespace: 'default', name, uid: `uid-${name}`, labels: { app: 'web' } },
  spec: { nodeName: 'node-1', containers: [] },
  status: { phase },
});

describe('readSnapshot', () => {
  it('takes the facts and the objects of the scheduler from one LIST of each kind', async () => {
    serve('/api/v1/nodes', { metadata: { name: 'node-1' } });
    serve('/api/v1/pods', pod('a'), pod('b'), pod('done', 'Succeeded'));
    const { nodes, pods, scheduling } = await cluster.readSnapshot();

    expect(nodes.map(({ name }) => name)).toEqual(['node-1']);
    expect(pods.map(({ name }) => name)).toEqual(['a', 'b', 'done']);
    expect(scheduling.nodes).toHaveLength(1);
    expect(scheduling.templates).toHaveLength(1);
    expect(scheduling.pods).toEqual(
      ['a', 'b'].map((name) => ({
        namespace: 'default',
        name,
        uid: `uid-${name}`,
        template: 0,
        nodeName: 'node-1',
        isTerminating: false,
      })),
    );
    const lists = server.requests.map(({ path }) => path);
    expect(new Set(lists).size).toBe(lists.length);
  });

  it('reduces the other kinds, and has those that are served', async () => {
    serve(STORAGE_CLASSES, {
      metadata: {
        name: 'fast',
        resourceVersion: '7',
        annotations: { a: 'b', 'kubectl.kubernetes.io/last-applied-configuration': '{}' },
        managedFields: [],
      },
      provisioner: 'csi',
      volumeBindingMode: 'Immediate',
      reclaimPolicy: 'Delete',
    });
    serve('/apis/resource.k8s.io/v1beta2/deviceclasses');
    const { scheduling, forbiddenKinds } = await cluster.readSnapshot();

    expect(scheduling.objects).toEqual({
      PersistentVolumeClaim: [],
      PersistentVolume: [],
      VolumeAttachment: [],
      StorageClass: [
        {
          metadata: { name: 'fast', annotations: { a: 'b' } },
          provisioner: 'csi',
          volumeBindingMode: 'Immediate',
        },
      ],
      DeviceClass: [],
    });
    expect(forbiddenKinds).toEqual([]);
  });

  it('leaves out a kind without the right to list it', async () => {
    server.script(`GET ${CSI_NODES}`, json(403, forbidden('csinodes')));
    const { scheduling, forbiddenKinds } = await cluster.readSnapshot();

    expect(forbiddenKinds).toEqual(['CSINode']);
    expect(scheduling.objects).not.toHaveProperty('CSINode');
  });

  it.each([
    ['pods cannot be listed', '/api/v1/pods', 403, forbidden('pods'), 'Forbidden'],
    ['a kind cannot be read for another reason', CSI_NODES, 500, status(500, 'InternalError', 'no'), 'ServerError'],
  ])('fails when %s', async (_name, path, code, body, reason) => {
    server.script(`GET ${path}`, json(code, body));
    await expect(cluster.readSnapshot()).rejects.toMatchObject({ reason });
  });

  it('needs exactly the optional rights that are documented', () => {
    const needed = SCHEDULER_KINDS.map(({ kind, resource }) => `${kind} ${resource}`);
    expect(RIGHTS_TO_PLACE.map(({ kind, resource }) => `${kind} ${resource}`)).toEqual(needed);
  });
});

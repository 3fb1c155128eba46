import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { NodeObject, NodeObjects } from '../../src/domain/node/node-objects.ts';
import type { KubeCluster } from '../../src/kube/kube-cluster.ts';
import { nodeObject } from '../builders/node-object.ts';
import { json, status } from '../fakes/api-server.ts';
import type { Answer, FakeApiServer } from '../fakes/api-server.ts';
import { startKubeScene } from './kube-scene.ts';

const NOT_FOUND = json(404, status(404, 'NotFound', 'not found'));
const FORBIDDEN = json(403, status(403, 'Forbidden', 'User "worker" cannot get resource "x" in API group "y"'));
const EMPTY = json(200, { metadata: { resourceVersion: '1' }, items: [] });

const CSI_NODE = 'GET /apis/storage.k8s.io/v1/csinodes/node-1';
const ATTACHMENTS = 'GET /apis/storage.k8s.io/v1/volumeattachments';
const LEASE = 'GET /apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/node-1';
const SLICES = 'GET /apis/resource.k8s.io/v1/resourceslices';
const CILIUM_NODE = 'GET /apis/cilium.io/v2/ciliumnodes/node-1';
const CALICO = 'GET /apis/crd.projectcalico.org/v1';

let server: FakeApiServer;
let cluster: KubeCluster;

beforeEach(async () => {
  ({ server, cluster } = await startKubeScene());
  server.script(CSI_NODE, NOT_FOUND);
  server.script(ATTACHMENTS, EMPTY);
  server.script(LEASE, NOT_FOUND);
});

afterEach(async () => {
  await server.stop();
});

const list = (...items: readonly object[]): Answer => json(200, { metadata: { resourceVersion: '1' }, items });
const pathsRead = (): readonly string[] => server.requests.map(({ path }) => path);

describe('readNodeObjects', () => {
  it('asks once for each kind, and finds nothing where nothing is kept or served', async () => {
    expect(await cluster.readNodeObjects('node-1')).toEqual({ objects: [], unread: [] });
    expect([...pathsRead()].sort()).toEqual([
      '/apis/cilium.io/v2/ciliumnodes/node-1',
      '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/node-1',
      '/apis/crd.projectcalico.org/v1/blockaffinities',
      '/apis/resource.k8s.io/v1/resourceslices',
      '/apis/resource.k8s.io/v1beta1/resourceslices',
      '/apis/resource.k8s.io/v1beta2/resourceslices',
      '/apis/storage.k8s.io/v1/csinodes/node-1',
      '/apis/storage.k8s.io/v1/volumeattachments',
    ]);
  });

  const metadata = { name: 'node-1' };
  it.each<[string, string, Answer, readonly NodeObject[]]>([
    [
      'a CSINode with its owner',
      CSI_NODE,
      json(200, { metadata: { ...metadata, ownerReferences: [{ kind: 'Node', name: 'node-1', uid: 'uid-1' }] } }),
      [nodeObject({ ownerUids: ['uid-1'] })],
    ],
    [
      'a Lease that is being deleted',
      LEASE,
      json(200, {
        metadata: { ...metadata, namespace: 'kube-node-lease', deletionTimestamp: 'now', finalizers: ['a/b'] },
      }),
      [
        nodeObject({
          ...{ kind: 'Lease', resource: 'leases.coordination.k8s.io', namespace: 'kube-node-lease' },
          ...{ isDeleting: true, finalizers: ['a/b'] },
        }),
      ],
    ],
    [
      'ResourceSlices of the node',
      SLICES,
      list({ metadata: { name: 'slice-1' }, spec: { nodeName: 'node-1' } }),
      [nodeObject({ kind: 'ResourceSlice', resource: 'resourceslices.resource.k8s.io', name: 'slice-1' })],
    ],
    [
      'VolumeAttachments of the node, not those of others',
      ATTACHMENTS,
      list(
        { metadata: { name: 'csi-1' }, spec: { nodeName: 'node-1' } },
        { metadata: { name: 'csi-2' }, spec: { nodeName: 'node-2' } },
      ),
      [nodeObject({ kind: 'VolumeAttachment', resource: 'volumeattachments.storage.k8s.io', name: 'csi-1' })],
    ],
    [
      'a CiliumNode',
      CILIUM_NODE,
      json(200, { metadata }),
      [nodeObject({ kind: 'CiliumNode', resource: 'ciliumnodes.cilium.io' })],
    ],
  ])('%s', async (_what, key, answer, objects) => {
    server.script(key, answer);
    expect(await cluster.readNodeObjects('node-1')).toEqual({ objects, unread: [] });
  });

  it('has the API server select ResourceSlices by node', async () => {
    server.script(SLICES, EMPTY);
    await cluster.readNodeObjects('node-1');
    const slices = server.requests.filter(({ path }) => path.includes('resourceslices'));
    expect(slices.map(({ query }) => query['fieldSelector'])).toEqual(['spec.nodeName=node-1']);
  });

  const affinity = (name: string, spec: object): object => ({
    metadata: { name },
    spec: { state: 'confirmed', deleted: 'false', node: 'node-1', ...spec },
  });
  it('reads only those blocks of Calico that the affinities of the node name', async () => {
    server.script(
      `${CALICO}/blockaffinities`,
      list(
        affinity('v4', { cidr: '10.1.2.0/26' }),
        affinity('v6', { cidr: 'fd00:1::/122', type: 'host' }),
        affinity('balancer', { cidr: '10.9.0.0/26', type: 'virtual' }),
        affinity('other', { cidr: '10.8.0.0/26', node: 'node-2' }),
      ),
    );
    server.script(
      `${CALICO}/ipamblocks/10-1-2-0-26`,
      json(200, { metadata: { name: '10-1-2-0-26' }, spec: { affinity: 'host:node-1' } }),
    );
    server.script(
      `${CALICO}/ipamblocks/fd00-1---122`,
      json(200, { metadata: { name: 'fd00-1---122' }, spec: { affinity: 'host:node-2' } }),
    );
    const { objects } = await cluster.readNodeObjects('node-1');
    expect(objects.map(({ kind, name, resource }) => `${kind} ${name} (${resource})`)).toEqual([
      'BlockAffinity v4 (blockaffinities.crd.projectcalico.org)',
      'BlockAffinity v6 (blockaffinities.crd.projectcalico.org)',
      'IPAMBlock 10-1-2-0-26 (ipamblocks.crd.projectcalico.org)',
    ]);
    expect(pathsRead().filter((path) => path.includes('ipamblocks'))).toHaveLength(2);
  });

  it.each<[string, () => void, NodeObjects['unread']]>([
    [
      'a permission is missing for a kind that is served',
      () => {
        server.script(CILIUM_NODE, FORBIDDEN);
        server.script(
          'GET /apis/cilium.io/v2',
          json(200, { resources: [{ name: 'ciliumnodes', kind: 'CiliumNode' }] }),
        );
      },
      [{ kind: 'CiliumNode', reason: expect.stringContaining('the permission is missing') as unknown as string }],
    ],
    [
      'a permission is missing for a kind that is not served',
      () => {
        server.script(CILIUM_NODE, FORBIDDEN);
      },
      [],
    ],
    [
      'neither the kind nor discovery can be read',
      () => {
        server.script(CILIUM_NODE, FORBIDDEN);
        server.script('GET /apis/cilium.io/v2', json(500, status(500, 'InternalError', 'etcd')));
      },
      [{ kind: 'CiliumNode', reason: expect.stringContaining('Could not discover cilium.io/v2') as unknown as string }],
    ],
    [
      'the API server fails',
      () => {
        server.script(CSI_NODE, json(503, status(503, 'ServiceUnavailable', 'later')));
      },
      [{ kind: 'CSINode', reason: expect.stringContaining('Could not read CSINode "node-1"') as unknown as string }],
    ],
    [
      'blocks may not be read',
      () => {
        server.script(`${CALICO}/blockaffinities`, list(affinity('v4', { cidr: '10.1.2.0/26' })));
        server.script(`${CALICO}/ipamblocks/10-1-2-0-26`, FORBIDDEN);
        server.script(CALICO, json(200, { resources: [{ name: 'ipamblocks', kind: 'IPAMBlock' }] }));
      },
      [{ kind: 'IPAMBlock', reason: expect.stringContaining('the permission is missing') as unknown as string }],
    ],
  ])('%s', async (_what, script, unread) => {
    script();
    expect((await cluster.readNodeObjects('node-1')).unread).toEqual(unread);
  });
});

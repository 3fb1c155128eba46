import { describe, expect, it } from '@jest/globals';
import {
  describeRemaining,
  hasCollectable,
  toRemainingReport,
  type NodeObject,
} from '../../../src/domain/node/node-objects.ts';
import { nodeObject } from '../../builders/node-object.ts';

const NODE_UID = 'uid-of-node-1';

describe('toRemainingReport', () => {
  it.each<[string, Partial<NodeObject>, string]>([
    [
      'a CSINode of the deleted Node: the garbage collector deletes it',
      { ownerUids: [NODE_UID] },
      'the garbage collector deletes it with its Node; if it stays, check the log of kube-controller-manager, then run `kubectl delete csinodes.storage.k8s.io node-1`',
    ],
    [
      'a CSINode without a reference to the Node: nothing deletes it',
      {},
      'it has no reference to the deleted Node, so nothing deletes it: run `kubectl delete csinodes.storage.k8s.io node-1`',
    ],
    [
      'a ResourceSlice of another object, e.g. of a driver',
      { kind: 'ResourceSlice', resource: 'resourceslices.resource.k8s.io', ownerUids: ['uid-of-another'] },
      'another object owns it, and the garbage collector deletes it with that one; if it stays, run `kubectl delete resourceslices.resource.k8s.io node-1`',
    ],
    [
      'a Lease has a namespace',
      { kind: 'Lease', resource: 'leases.coordination.k8s.io', namespace: 'kube-node-lease' },
      'it has no reference to the deleted Node, so nothing deletes it: run `kubectl delete leases.coordination.k8s.io node-1 -n kube-node-lease`',
    ],
    [
      'a ResourceSlice: its driver',
      { kind: 'ResourceSlice', resource: 'resourceslices.resource.k8s.io' },
      'the driver that published it deletes it where it still runs; if it stays, run `kubectl delete resourceslices.resource.k8s.io node-1`',
    ],
    [
      'a VolumeAttachment is not to be deleted, whoever owns it',
      { kind: 'VolumeAttachment', resource: 'volumeattachments.storage.k8s.io', ownerUids: [NODE_UID] },
      "the attach/detach controller deletes it; if it stays, check that controller's log and the driver's. Do not delete it manually: its volume may still be attached to the machine",
    ],
    [
      "a CiliumNode: Cilium's operator",
      { kind: 'CiliumNode', resource: 'ciliumnodes.cilium.io' },
      "Cilium's operator deletes it after two of its intervals (`nodes-gc-interval`, by default 5 minutes); if it stays, run `kubectl delete ciliumnodes.cilium.io node-1`",
    ],
    ...(['BlockAffinity', 'IPAMBlock'] as const).map((kind): [string, Partial<NodeObject>, string] => [
      `${kind}: Calico's kube-controllers`,
      { kind },
      "Calico's kube-controllers release it; if it stays, check their log and `calicoctl ipam check`. Do not delete it manually: its addresses may still be in use",
    ]),
    ['one that is being deleted', { isDeleting: true, ownerUids: [NODE_UID] }, 'it is being deleted'],
    [
      'one that waits for finalizers',
      { isDeleting: true, finalizers: ['a.example/b', 'c.example/d'] },
      'it is being deleted, which waits for its finalizers a.example/b, c.example/d; if it stays, check the controllers that set them',
    ],
  ])('%s', (_fact, overrides, advice) => {
    const { kind, name, namespace } = nodeObject(overrides);
    const report = toRemainingReport({ objects: [nodeObject(overrides)], unread: [] }, NODE_UID);
    expect(report.objects).toEqual([{ kind, name, ...(namespace === undefined ? {} : { namespace }), advice }]);
  });

  it('sorts by kind and name, and keeps what could not be read', () => {
    const unread = [{ kind: 'Lease', reason: 'the permission is missing' }] as const;
    const objects = [
      nodeObject({ kind: 'IPAMBlock', name: '10-0-0-0-26' }),
      nodeObject({ kind: 'BlockAffinity', name: 'b' }),
      nodeObject({ kind: 'BlockAffinity', name: 'a' }),
    ];
    const report = toRemainingReport({ objects, unread }, NODE_UID);
    expect(report.objects.map(({ kind, name }) => `${kind} ${name}`)).toEqual([
      'BlockAffinity a',
      'BlockAffinity b',
      'IPAMBlock 10-0-0-0-26',
    ]);
    expect(report.unread).toEqual(unread);
  });
});

describe('hasCollectable', () => {
  it.each<[string, Partial<NodeObject>, boolean]>([
    ['the deleted Node owns it', { ownerUids: ['another', NODE_UID] }, true],
    ['it is being deleted already', { ownerUids: [NODE_UID], isDeleting: true }, false],
    ['another object owns it', { ownerUids: ['another'] }, false],
    ['no object owns it', {}, false],
  ])('%s: %p', (_fact, overrides, expected) => {
    expect(hasCollectable({ objects: [nodeObject(overrides)], unread: [] }, NODE_UID)).toBe(expected);
  });
});

describe('describeRemaining', () => {
  const object = { kind: 'CiliumNode', name: 'node-1', advice: '' };
  const lease = { kind: 'Lease', reason: 'no' };
  it.each([
    ['nothing', [], [], undefined],
    ['an object', [object], [], '1 object of other components remains, see the report'],
    ['two objects', [object, object], [], '2 objects of other components remain, see the report'],
    ['kinds', [], [lease, { ...lease, kind: 'CSINode' }], 'unknown: whether one of Lease, CSINode remains'],
    [
      'both',
      [object],
      [lease],
      '1 object of other components remains, see the report; unknown: whether one of Lease remains',
    ],
  ])('%s', (_what, objects, unread, text) => {
    expect(describeRemaining({ objects, unread })).toBe(text);
  });
});

import type { V1VolumeAttachment } from '@kubernetes/client-node';
import { describe, expect, it } from '@jest/globals';
import { toVolumeAttachmentFacts, toVolumeClaimFacts, toVolumeFacts } from '../../../src/kube/facts/to-volume-facts.ts';
import type { Wire } from '../../../src/kube/transport/wire.ts';

describe('volume facts', () => {
  it.each([
    ['bound', { volumeName: 'pv-1', accessModes: ['ReadWriteOnce'] }, 'pv-1', ['ReadWriteOnce']],
    ['unbound', {}, '', []],
  ])('reads a claim that is %s', (_name, spec, volumeName, accessModes) => {
    expect(toVolumeClaimFacts({ metadata: { namespace: 'default', name: 'data' }, spec })).toEqual({
      namespace: 'default',
      name: 'data',
      volumeName,
      accessModes,
    });
  });

  it('reads where a volume may be used', () => {
    const nodeSelectorTerms = [
      { matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: ['a'] }] },
    ];
    expect(
      toVolumeFacts({ metadata: { name: 'pv-1' }, spec: { nodeAffinity: { required: { nodeSelectorTerms } } } }),
    ).toEqual({ name: 'pv-1', nodeAffinity: [{ ...nodeSelectorTerms[0], matchFields: [] }] });
  });

  const zone = { key: 'topology.kubernetes.io/zone', operator: 'In', values: ['a', 'b'] };
  const disk = { key: 'disk', operator: 'In', values: ['ssd'] };
  it.each([
    ['alone', {}, [{ matchExpressions: [zone], matchFields: [] }]],
    [
      'in addition to its affinity',
      { nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions: [disk] }] } } },
      [{ matchExpressions: [disk, zone], matchFields: [] }],
    ],
  ])('reads the zones that the labels of a volume name, %s', (_name, spec, nodeAffinity) => {
    const metadata = { name: 'pv-1', labels: { 'topology.kubernetes.io/zone': 'a__b', team: 'shop' } };
    expect(toVolumeFacts({ metadata, spec })).toEqual({ name: 'pv-1', nodeAffinity });
  });

  it.each([
    ['a local disk', { local: { path: '/mnt/disk' } }],
    ['a directory of the host', { hostPath: { path: '/srv' } }],
  ])('reads that the data of %s is on the node', (_name, spec) => {
    expect(toVolumeFacts({ metadata: { name: 'pv-1' }, spec })).toEqual({ name: 'pv-1', isOnNode: true });
  });

  it('reads a volume without affinity as usable on every node', () => {
    expect(toVolumeFacts({ metadata: { name: 'pv-1' }, spec: {} })).toEqual({ name: 'pv-1' });
  });

  it.each<[string, Partial<Wire<V1VolumeAttachment>>, object]>([
    [
      'of a PersistentVolume',
      { spec: { attacher: 'disk.csi', nodeName: 'node-1', source: { persistentVolumeName: 'pv-1' } } },
      { volumeName: 'pv-1', isDetaching: false },
    ],
    [
      'of a disk that a pod names itself, and whose detachment failed',
      {
        metadata: { name: 'csi-1', deletionTimestamp: '2026-01-02T00:00:00Z' },
        spec: {
          attacher: 'disk.csi',
          nodeName: 'node-1',
          source: { inlineVolumeSpec: { csi: { driver: 'disk.csi', volumeHandle: 'vol-1' } } },
        },
        status: { attached: true, detachError: { message: 'busy' } },
      },
      { inlineHandle: 'vol-1', isDetaching: true, detachError: 'busy' },
    ],
  ])('reads an attachment %s', (_name, attachment, expected) => {
    const spec = { attacher: '', nodeName: '', source: {} };
    expect(toVolumeAttachmentFacts({ metadata: { name: 'csi-1' }, spec, ...attachment })).toEqual({
      name: 'csi-1',
      nodeName: 'node-1',
      attacher: 'disk.csi',
      ...expected,
    });
  });
});

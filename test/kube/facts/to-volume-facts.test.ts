import { describe, expect, it } from '@jest/globals';
import { toVolumeAttachmentFacts, toVolumeClaimFacts, toVolumeFacts } from '../../../src/kube/facts/to-volume-facts.ts';

describe('volume facts', () => {
  it.each([
    ['bound', { volumeName: 'pv-1' }, 'pv-1'],
    ['unbound', {}, ''],
  ])('reads a claim that is %s', (_name, spec, volumeName) => {
    expect(toVolumeClaimFacts({ metadata: { namespace: 'default', name: 'data' }, spec })).toEqual({
      namespace: 'default',
      name: 'data',
      volumeName,
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

  it('reads a volume without affinity as usable on every node', () => {
    expect(toVolumeFacts({ metadata: { name: 'pv-1' }, spec: {} })).toEqual({ name: 'pv-1' });
  });

  it.each([
    ['attached', { persistentVolumeName: 'pv-1' }, { attached: true }, 'pv-1', true],
    ['inline and not yet attached', {}, undefined, '', false],
  ])('reads an attachment that is %s', (_name, source, status, volumeName, attached) => {
    expect(
      toVolumeAttachmentFacts({
        metadata: { name: 'csi-1' },
        spec: { attacher: 'csi', nodeName: 'node-1', source },
        ...(status === undefined ? {} : { status }),
      }),
    ).toEqual({ name: 'csi-1', nodeName: 'node-1', volumeName, attached });
  });
});

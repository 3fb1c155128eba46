import { describe, expect, it } from '@jest/globals';
import { checkPreflight } from '../../../src/domain/preflight/check-preflight.ts';
import type { Finding } from '../../../src/domain/plan/decommission-plan.ts';
import type { PreflightFacts } from '../../../src/domain/preflight/facts.ts';
import { pod } from '../../builders/pod.ts';
import { preflightFacts } from '../../builders/preflight-facts.ts';
import { inlineAttachment, volumeAttachment } from '../../builders/volume-attachment.ts';

describe('checkVolumes', () => {
  const findingsOf = (facts: Partial<PreflightFacts>): readonly Finding[] =>
    checkPreflight(preflightFacts({ attachments: [volumeAttachment()], ...facts })).filter(
      ({ code }) => code === 'VolumeLeftAttached',
    );
  const claims = [{ namespace: 'default', name: 'data', volumeName: 'pv-1' }];
  const disk = { driver: 'disk.csi', handle: 'vol-1' };

  it('names volumes that are attached although no pod uses them, with driver and VolumeAttachment', () => {
    expect(findingsOf({})).toEqual([
      {
        code: 'VolumeLeftAttached',
        severity: 'warning',
        subject: 'node-1',
        nodeName: 'node-1',
        message:
          'node node-1 has volumes attached that none of its pods uses, e.g. left by an earlier drain: volume pv-1 (CSI driver disk.csi, VolumeAttachment csi-1). The run waits until they are detached, and is undone if they stay attached: check their CSI driver.',
      },
    ]);
  });

  it.each<[string, Partial<PreflightFacts>]>([
    ['of a pod with a claim', { pods: [pod({ persistentVolumeClaims: ['data'] })], claims }],
    [
      'of a pod that names the disk itself',
      { pods: [pod({ inlineDisks: [disk] })], attachments: [inlineAttachment()] },
    ],
    ['of another node', { attachments: [volumeAttachment({ nodeName: 'node-2' })] }],
  ])('has no finding for a volume %s', (_name, facts) => {
    expect(findingsOf(facts)).toEqual([]);
  });

  it.each<[string, Partial<PreflightFacts>]>([
    [
      'a pod on another node',
      { pods: [pod(), pod({ name: 'b', nodeName: 'node-2', persistentVolumeClaims: ['data'] })], claims },
    ],
    [
      'a claim of another namespace',
      { pods: [pod({ persistentVolumeClaims: ['data'] })], claims: [{ ...claims[0]!, namespace: 'other' }] },
    ],
  ])('has a finding when only %s uses it', (_name, facts) => {
    expect(findingsOf(facts)).toHaveLength(1);
  });
});

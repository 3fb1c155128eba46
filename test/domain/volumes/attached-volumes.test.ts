import { describe, expect, it } from '@jest/globals';
import type { VolumeAttachmentFacts } from '../../../src/domain/cluster/facts.ts';
import {
  findUnusedAttachments,
  toAttachmentsText,
  toStillAttachedText,
  type VolumeUse,
} from '../../../src/domain/volumes/attached-volumes.ts';
import { inlineAttachment, volumeAttachment } from '../../builders/volume-attachment.ts';

describe('findUnusedAttachments', () => {
  const used: VolumeUse = { volumeNames: ['pv-1'], inlineDisks: [{ driver: 'disk.csi', handle: 'vol-1' }] };
  it.each<[string, VolumeAttachmentFacts, boolean]>([
    ['a volume that a pod uses', volumeAttachment(), false],
    ['another volume', volumeAttachment({ volumeName: 'pv-2' }), true],
    ['a volume that is being detached', volumeAttachment({ volumeName: 'pv-2', isDetaching: true }), true],
    ['a volume of another node', volumeAttachment({ volumeName: 'pv-2', nodeName: 'node-2' }), false],
    ['an inline disk that a pod names', inlineAttachment(), false],
    ['another inline disk', inlineAttachment({ inlineHandle: 'vol-2' }), true],
    ['an inline disk of another driver', inlineAttachment({ attacher: 'other.csi' }), true],
    ['a disk whose handle equals the name of a used volume', inlineAttachment({ inlineHandle: 'pv-1' }), true],
  ])('%s', (_name, attachment, isFound) => {
    expect(findUnusedAttachments([attachment], 'node-1', used)).toEqual(isFound ? [attachment] : []);
  });

  it('an inline disk without a handle is used by no pod', () => {
    const { inlineHandle: _, ...attachment } = inlineAttachment();
    expect(findUnusedAttachments([attachment], 'node-1', used)).toEqual([attachment]);
  });
});

describe('the text of attachments', () => {
  it.each<[string, VolumeAttachmentFacts, string]>([
    ['a volume', volumeAttachment(), 'volume pv-1 (CSI driver disk.csi, VolumeAttachment csi-1)'],
    ['an inline disk', inlineAttachment(), 'volume vol-1 (CSI driver disk.csi, VolumeAttachment csi-inline)'],
    [
      'a detachment that was requested and failed',
      volumeAttachment({ isDetaching: true, detachError: 'rpc error:\n\tdisk is \u001b[31mbusy' }),
      'volume pv-1 (CSI driver disk.csi, VolumeAttachment csi-1, its detachment was requested, message of the driver: "rpc error: disk is ?[31mbusy")',
    ],
  ])('names driver, volume and VolumeAttachment of %s', (_name, attachment, text) => {
    expect(toAttachmentsText([attachment])).toBe(text);
  });

  it('has a bounded length, whatever drivers write', () => {
    const long = 'x'.repeat(100_000);
    const attachments = Array.from({ length: 50 }, (_, index) =>
      inlineAttachment({ name: `csi-${index}`, inlineHandle: long, detachError: `\n\n${long}` }),
    );
    const text = toAttachmentsText(attachments);
    expect(text).toMatch(/ and 45 more$/);
    expect(text.length).toBeLessThan(3000);
  });

  it('at the deadline: what is wrong, why it matters, what to do, which setting', () => {
    const text = toStillAttachedText('node-1', [volumeAttachment()]);
    expect(text).toMatch(
      /^Volumes are still attached to node node-1 at the deadline: volume pv-1 \(CSI driver disk\.csi, VolumeAttachment csi-1\)\. A node that is removed now/,
    );
    expect(text).toContain('`kubectl describe volumeattachment csi-1`');
    expect(text).toMatch(/waits\.detachSeconds in the worker's configuration\.$/);
  });
});

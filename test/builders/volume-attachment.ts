import type { VolumeAttachmentFacts } from '../../src/domain/cluster/facts.ts';

/** Volume `pv-1` of driver `disk.csi`, attached to `node-1`. */
export const volumeAttachment = (overrides: Partial<VolumeAttachmentFacts> = {}): VolumeAttachmentFacts => ({
  name: 'csi-1',
  nodeName: 'node-1',
  attacher: 'disk.csi',
  volumeName: 'pv-1',
  isDetaching: false,
  ...overrides,
});

/** The same for disk `vol-1` that a pod names itself. */
export const inlineAttachment = (overrides: Partial<VolumeAttachmentFacts> = {}): VolumeAttachmentFacts => {
  const { volumeName: _, ...attachment } = volumeAttachment();
  return { ...attachment, name: 'csi-inline', inlineHandle: 'vol-1', ...overrides };
};

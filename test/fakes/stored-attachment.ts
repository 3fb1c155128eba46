import type { VolumeAttachmentFacts } from '../../src/domain/cluster/facts.ts';
import type { ObjectVersion } from '../../src/ports/cluster.ts';

/** With what a collection needs of its objects. */
export type StoredAttachment = VolumeAttachmentFacts & ObjectVersion;

export const toStored = (attachment: VolumeAttachmentFacts): StoredAttachment => ({
  ...attachment,
  uid: `uid-${attachment.name}`,
  resourceVersion: '1',
});

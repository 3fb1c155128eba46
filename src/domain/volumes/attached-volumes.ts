import type { InlineDisk, PodFacts, VolumeAttachmentFacts, VolumeClaimFacts } from '../cluster/facts.ts';
import { toShortList } from '../text/counts.ts';
import { toVisibleText } from '../text/visible-text.ts';

/** What pods use of the volumes that can be attached to a node. */
export interface VolumeUse {
  /** Names of PersistentVolumes. */
  readonly volumeNames: readonly string[];
  readonly inlineDisks: readonly InlineDisk[];
}

/** The names of the PersistentVolumes that these pods use; claims that are unbound or not given have none. */
export const toVolumeNames = (
  pods: readonly Pick<PodFacts, 'namespace' | 'persistentVolumeClaims'>[],
  claims: readonly VolumeClaimFacts[],
): readonly string[] => {
  const used = new Set(
    pods.flatMap(({ namespace, persistentVolumeClaims }) =>
      persistentVolumeClaims.map((claim) => `${namespace}/${claim}`),
    ),
  );
  return claims
    .filter(({ namespace, name, volumeName }) => volumeName !== '' && used.has(`${namespace}/${name}`))
    .map(({ volumeName }) => volumeName);
};

const MAX_NAMED = 5;
const MAX_HANDLE_LENGTH = 100;
const MAX_DRIVER_MESSAGE_LENGTH = 300;

/** The attachments of a node that these pods do not use; sorted as given. */
export const findUnusedAttachments = (
  attachments: readonly VolumeAttachmentFacts[],
  nodeName: string,
  use: VolumeUse,
): readonly VolumeAttachmentFacts[] =>
  attachments.filter((attachment) => attachment.nodeName === nodeName && !isUsed(attachment, use));

const isUsed = (
  { attacher, volumeName, inlineHandle }: VolumeAttachmentFacts,
  { volumeNames, inlineDisks }: VolumeUse,
): boolean =>
  volumeName === undefined
    ? inlineDisks.some(({ driver, handle }) => driver === attacher && handle === inlineHandle)
    : volumeNames.includes(volumeName);

/** E.g. `volume pv-1 (CSI driver ebs.csi.aws.com, VolumeAttachment csi-1)`; a few of them, and how many more there are. */
export const toAttachmentsText = (attachments: readonly VolumeAttachmentFacts[]): string =>
  toShortList(attachments.map(toAttachmentText), MAX_NAMED);

const toAttachmentText = (attachment: VolumeAttachmentFacts): string => {
  const { name, attacher, volumeName, inlineHandle, isDetaching, detachError } = attachment;
  const volume =
    volumeName ?? (inlineHandle === undefined ? 'without a name' : toVisibleText(inlineHandle, MAX_HANDLE_LENGTH));
  const parts = [
    `CSI driver ${attacher}`,
    `VolumeAttachment ${name}`,
    ...(isDetaching ? ['its detachment was requested'] : []),
    ...(detachError === undefined ? [] : [`message of the driver: "${toDriverMessage(detachError)}"`]),
  ];
  return `volume ${volume} (${parts.join(', ')})`;
};

const toDriverMessage = (message: string): string =>
  toVisibleText(
    message
      .slice(0, 10 * MAX_DRIVER_MESSAGE_LENGTH)
      .replace(/\s+/gu, ' ')
      .trim(),
    MAX_DRIVER_MESSAGE_LENGTH,
  );

/** Why the run ends at the deadline, and what to do. `attachments`: at least one. */
export const toStillAttachedText = (nodeName: string, attachments: readonly VolumeAttachmentFacts[]): string =>
  [
    `Volumes are still attached to node ${nodeName} at the deadline: ${toAttachmentsText(attachments)}.`,
    'A node that is removed now keeps them: pods on other nodes could not use them, or two nodes could write to one volume.',
    `Check the CSI driver's controller and the kubelet's log; \`kubectl describe volumeattachment ${attachments[0]?.name ?? ''}\` shows the driver's errors.`,
    'If the driver is no longer installed, detach the volume in its storage system, then delete the VolumeAttachment.',
    "To wait longer, set waits.detachSeconds in the worker's configuration.",
  ].join(' ');

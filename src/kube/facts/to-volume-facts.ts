import type { V1PersistentVolume, V1PersistentVolumeClaim, V1VolumeAttachment } from '@kubernetes/client-node';
import type { VolumeAttachmentFacts, VolumeClaimFacts, VolumeFacts } from '../../domain/cluster/facts.ts';
import { toIdentity } from './to-metadata.ts';
import { toNodeSelectorTerms } from './to-node-selector-terms.ts';
import type { Wire } from '../transport/wire.ts';

export const toVolumeClaimFacts = (claim: Wire<V1PersistentVolumeClaim>): VolumeClaimFacts => {
  const { namespace, name } = toIdentity(claim.metadata);
  return { namespace, name, volumeName: claim.spec?.volumeName ?? '' };
};

export const toVolumeFacts = (volume: Wire<V1PersistentVolume>): VolumeFacts => {
  const required = volume.spec?.nodeAffinity?.required;
  return {
    name: toIdentity(volume.metadata).name,
    ...(required === undefined ? {} : { nodeAffinity: toNodeSelectorTerms(required) }),
    ...(volume.spec?.local === undefined && volume.spec?.hostPath === undefined ? {} : { isOnNode: true }),
  };
};

export const toVolumeAttachmentFacts = ({
  metadata,
  spec,
  status,
}: Wire<V1VolumeAttachment>): VolumeAttachmentFacts => {
  const { persistentVolumeName, inlineVolumeSpec } = spec.source;
  const inlineHandle = inlineVolumeSpec?.csi?.volumeHandle;
  const detachError = status?.detachError?.message;
  return {
    name: toIdentity(metadata).name,
    nodeName: spec.nodeName,
    attacher: spec.attacher,
    ...(persistentVolumeName !== undefined && { volumeName: persistentVolumeName }),
    ...(inlineHandle !== undefined && { inlineHandle }),
    isDetaching: metadata?.deletionTimestamp !== undefined,
    ...(detachError !== undefined && { detachError }),
  };
};

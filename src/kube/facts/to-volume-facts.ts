import type { V1PersistentVolume, V1PersistentVolumeClaim, V1VolumeAttachment } from '@kubernetes/client-node';
import type {
  NodeSelectorRequirement,
  NodeSelectorTerm,
  VolumeAttachmentFacts,
  VolumeClaimFacts,
  VolumeFacts,
} from '../../domain/cluster/facts.ts';
import { toIdentity } from './to-metadata.ts';
import { toNodeSelectorTerms } from './to-node-selector-terms.ts';
import type { Wire } from '../transport/wire.ts';

export const toVolumeClaimFacts = (claim: Wire<V1PersistentVolumeClaim>): VolumeClaimFacts => {
  const { namespace, name } = toIdentity(claim.metadata);
  return { namespace, name, volumeName: claim.spec?.volumeName ?? '', accessModes: claim.spec?.accessModes ?? [] };
};

export const toVolumeFacts = (volume: Wire<V1PersistentVolume>): VolumeFacts => {
  const nodeAffinity = toNodeAffinity(volume);
  return {
    name: toIdentity(volume.metadata).name,
    ...(nodeAffinity === undefined ? {} : { nodeAffinity }),
    ...(volume.spec?.local === undefined && volume.spec?.hostPath === undefined ? {} : { isOnNode: true }),
  };
};

/** Its own affinity, and the zone or region that its labels name: the scheduler requires both. */
const toNodeAffinity = ({ metadata, spec }: Wire<V1PersistentVolume>): readonly NodeSelectorTerm[] | undefined => {
  const required = spec?.nodeAffinity?.required;
  const own = required === undefined ? undefined : toNodeSelectorTerms(required);
  const places = Object.entries(metadata?.labels ?? {}).flatMap(toPlace);
  if (places.length === 0) return own;
  const terms = own ?? [{ matchExpressions: [], matchFields: [] }];
  return terms.map((term) => ({ ...term, matchExpressions: [...term.matchExpressions, ...places] }));
};

/** Labels and separator as in k/k `pkg/scheduler/framework/plugins/volumezone`. */
const PLACE_LABELS: readonly string[] = [
  'topology.kubernetes.io/zone',
  'topology.kubernetes.io/region',
  'failure-domain.beta.kubernetes.io/zone',
  'failure-domain.beta.kubernetes.io/region',
];
const PLACE_SEPARATOR = '__';

const toPlace = ([key, value]: readonly [string, string]): readonly NodeSelectorRequirement[] =>
  PLACE_LABELS.includes(key) ? [{ key, operator: 'In', values: value.split(PLACE_SEPARATOR) }] : [];

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

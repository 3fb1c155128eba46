import type { PodFacts, VolumeClaimFacts, VolumeFacts } from '../cluster/facts.ts';
import { matchesNodeSelectorTerms } from '../cluster/node-selector.ts';
import type { SchedulingPredicate } from './predicates.ts';

export interface BoundVolumes {
  /** The known volumes that are bound to the pod's claims. */
  readonly volumesOf: (pod: PodFacts) => readonly VolumeFacts[];
  /** Why the volume of one of its claims is unknown; undefined when all are known. */
  readonly unknownClaimOf: (pod: PodFacts) => string | undefined;
}

/** Indexes claims and volumes by name. */
export const toBoundVolumes = (claims: readonly VolumeClaimFacts[], volumes: readonly VolumeFacts[]): BoundVolumes => {
  const claimsByName = new Map(claims.map((claim) => [`${claim.namespace}/${claim.name}`, claim]));
  const volumesByName = new Map(volumes.map((volume) => [volume.name, volume]));
  const volumeOf = (pod: PodFacts, claimName: string): VolumeFacts | undefined =>
    volumesByName.get(claimsByName.get(`${pod.namespace}/${claimName}`)?.volumeName ?? '');
  return {
    volumesOf: (pod) =>
      pod.persistentVolumeClaims.map((name) => volumeOf(pod, name)).filter((found) => found !== undefined),
    unknownClaimOf: (pod) => {
      const unknown = pod.persistentVolumeClaims.find((name) => volumeOf(pod, name) === undefined);
      return unknown === undefined ? undefined : `claim ${unknown} is not bound to a known volume`;
    },
  };
};

/** A bound volume can only be used where its node affinity allows: a local one on its node, a zonal one in its zone. */
export const toVolumePredicate = ({ volumesOf }: BoundVolumes): SchedulingPredicate => ({
  name: 'VolumeBinding',
  isFixed: true,
  reasonsAgainst: (pod, { node }) =>
    volumesOf(pod).every(
      ({ nodeAffinity }) => nodeAffinity === undefined || matchesNodeSelectorTerms(node, nodeAffinity),
    )
      ? []
      : ["node(s) didn't match PersistentVolume's node affinity"],
});

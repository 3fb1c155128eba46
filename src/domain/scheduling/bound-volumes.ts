import type { PodFacts, VolumeClaimFacts, VolumeFacts } from '../cluster/facts.ts';
import { matchesNodeSelectorTerms } from '../cluster/node-selector.ts';
import type { SchedulingPredicate } from './predicates.ts';

export interface BoundVolumes {
  /** The known volumes that are bound to the pod's claims. A claim that is deleted with the pod has no volume yet when it is recreated. */
  readonly volumesOf: (pod: PodFacts) => readonly VolumeFacts[];
  /** The same with their claims. */
  readonly boundClaimsOf: (pod: PodFacts) => readonly BoundClaim[];
  /** Why the volume of one of its claims is unknown; undefined when all are known. */
  readonly unknownClaimOf: (pod: PodFacts) => string | undefined;
}

export interface BoundClaim {
  readonly claimName: string;
  readonly volume: VolumeFacts;
}

/** Indexes claims and volumes by name. */
export const toBoundVolumes = (claims: readonly VolumeClaimFacts[], volumes: readonly VolumeFacts[]): BoundVolumes => {
  const claimsByName = new Map(claims.map((claim) => [`${claim.namespace}/${claim.name}`, claim]));
  const volumesByName = new Map(volumes.map((volume) => [volume.name, volume]));
  const volumeOf = (pod: PodFacts, claimName: string): VolumeFacts | undefined =>
    volumesByName.get(claimsByName.get(`${pod.namespace}/${claimName}`)?.volumeName ?? '');
  const boundClaimsOf = (pod: PodFacts): readonly BoundClaim[] =>
    toLastingClaims(pod).flatMap((claimName) => {
      const volume = volumeOf(pod, claimName);
      return volume === undefined ? [] : [{ claimName, volume }];
    });
  return {
    boundClaimsOf,
    volumesOf: (pod) => boundClaimsOf(pod).map(({ volume }) => volume),
    unknownClaimOf: (pod) => {
      const unknown = toLastingClaims(pod).find((name) => volumeOf(pod, name) === undefined);
      if (unknown !== undefined) return `claim ${unknown} is not bound to a known volume`;
      const [ephemeral] = pod.ephemeralClaims;
      return ephemeral === undefined
        ? undefined
        : `where the volume of its claim ${ephemeral} will be created is not evaluated`;
    },
  };
};

const toLastingClaims = ({ persistentVolumeClaims, ephemeralClaims }: PodFacts): readonly string[] =>
  persistentVolumeClaims.filter((name) => !ephemeralClaims.includes(name));

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

import type { NodeFacts, PodFacts, VolumeClaimFacts, VolumeFacts } from '../cluster/facts.ts';
import { matchesNodeSelectorTerms } from '../cluster/node-selector.ts';

export interface BoundClaim {
  readonly claimName: string;
  readonly volume: VolumeFacts;
}

/**
 * Finds the claims of a pod whose volumes none of `nodes` can use: they hold it where it is. For messages only; a claim that is deleted
 * with the pod holds nothing.
 */
export const toHoldingClaims = (
  nodes: readonly NodeFacts[],
  claims: readonly VolumeClaimFacts[],
  volumes: readonly VolumeFacts[],
): ((pod: PodFacts) => readonly BoundClaim[]) => {
  const claimsByName = new Map(claims.map((claim) => [`${claim.namespace}/${claim.name}`, claim]));
  const volumesByName = new Map(volumes.map((volume) => [volume.name, volume]));
  return ({ namespace, persistentVolumeClaims, ephemeralClaims }) =>
    persistentVolumeClaims
      .filter((claimName) => !ephemeralClaims.includes(claimName))
      .flatMap((claimName) => {
        const volume = volumesByName.get(claimsByName.get(`${namespace}/${claimName}`)?.volumeName ?? '');
        return volume === undefined || isUsableOn(nodes, volume) ? [] : [{ claimName, volume }];
      });
};

const isUsableOn = (nodes: readonly NodeFacts[], { nodeAffinity }: VolumeFacts): boolean =>
  nodeAffinity === undefined || nodes.some((node) => matchesNodeSelectorTerms(node, nodeAffinity));

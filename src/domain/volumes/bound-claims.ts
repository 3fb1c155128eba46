import type { NodeFacts, PodFacts, VolumeClaimFacts, VolumeFacts } from '../cluster/facts.ts';
import { matchesNodeSelectorTerms, selectsNode } from '../cluster/node-selector.ts';

export interface BoundClaim {
  readonly claimName: string;
  readonly volume: VolumeFacts;
}

/**
 * Finds the claims of a pod whose volumes can be used by none of those `nodes` that the pod selects (of all, if it selects none): they hold
 * it where it is. For messages only; a claim that is deleted with the pod holds nothing.
 */
export const toHoldingClaims = (
  nodes: readonly NodeFacts[],
  claims: readonly VolumeClaimFacts[],
  volumes: readonly VolumeFacts[],
): ((pod: PodFacts) => readonly BoundClaim[]) => {
  const claimsByName = new Map(claims.map((claim) => [`${claim.namespace}/${claim.name}`, claim]));
  const volumesByName = new Map(volumes.map((volume) => [volume.name, volume]));
  return (pod) => {
    const { namespace, persistentVolumeClaims, ephemeralClaims } = pod;
    const selected = nodes.filter((node) => selectsNode(pod, node));
    const places = selected.length === 0 ? nodes : selected;
    return persistentVolumeClaims
      .filter((claimName) => !ephemeralClaims.includes(claimName))
      .flatMap((claimName) => {
        const volume = volumesByName.get(claimsByName.get(`${namespace}/${claimName}`)?.volumeName ?? '');
        return volume === undefined || isUsableOn(places, volume) ? [] : [{ claimName, volume }];
      });
  };
};

const isUsableOn = (nodes: readonly NodeFacts[], { nodeAffinity }: VolumeFacts): boolean =>
  nodeAffinity === undefined || nodes.some((node) => matchesNodeSelectorTerms(node, nodeAffinity));

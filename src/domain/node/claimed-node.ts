import type { NodeFacts } from '../cluster/facts.ts';

interface Claim {
  readonly taintKey: string;
  readonly name: string;
}

/**
 * Taints of controllers that have begun to remove a node: they drain it too and then delete its machine. `DeletionCandidateOfClusterAutoscaler` is
 * none: a run's own annotation keeps Cluster Autoscaler from going further.
 */
const CLAIMS: readonly Claim[] = [
  { taintKey: 'ToBeDeletedByClusterAutoscaler', name: 'Cluster Autoscaler' },
  { taintKey: 'karpenter.sh/disrupted', name: 'Karpenter' },
  // Before karpenter.sh/v1.
  { taintKey: 'karpenter.sh/disruption', name: 'Karpenter' },
];

/** The controller that is removing the node, with the taint that shows it; undefined: none. Pure. */
export const findNodeClaim = ({ taints }: Pick<NodeFacts, 'taints'>): Claim | undefined =>
  CLAIMS.find(({ taintKey }) => taints.some(({ key }) => key === taintKey));

import type { NodeFacts } from './facts.ts';

/** Well-known label of nodes (Kubernetes reference, "Well-Known Labels, Annotations and Taints"). */
export const ZONE_LABEL = 'topology.kubernetes.io/zone';

/** It is Ready, not cordoned and not being deleted; taints are not considered. */
export const acceptsPods = ({ ready, unschedulable, deleting }: NodeFacts): boolean =>
  ready && !unschedulable && !deleting;

import type { NodeFacts } from './facts.ts';

/** It is Ready, not cordoned and not being deleted; taints are not considered. */
export const acceptsPods = ({ ready, unschedulable, deleting }: NodeFacts): boolean =>
  ready && !unschedulable && !deleting;

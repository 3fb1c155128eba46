import type { PodFacts } from '../cluster/facts.ts';
import type { BoundVolumes } from './bound-volumes.ts';

/** Why a place that these predicates find may still be none; undefined when they judge all that the pod asks for. */
export const toUnjudgedReason = (pod: PodFacts, volumes: BoundVolumes): string | undefined => {
  if (pod.schedulerName !== 'default-scheduler') return `scheduler ${pod.schedulerName} places it`;
  if (pod.schedulingGated) return 'its scheduling is gated';
  if (pod.hasUnjudgedConstraints) return 'its pod affinity or topology spread is not judged';
  return volumes.unknownClaimOf(pod);
};

import { matchesNodeSelectorTerms } from '../cluster/node-selector.ts';
import type { SchedulingPredicate } from './predicate.ts';

/** `nodeSelector` and required node affinity: both must match. */
export const nodeAffinityPredicate: SchedulingPredicate = {
  name: 'NodeAffinity',
  isFixed: true,
  reasonsAgainst: (pod, { node }) => {
    const isSelected = Object.entries(pod.nodeSelector).every(([key, value]) => node.labels[key] === value);
    const isWanted = pod.requiredNodeAffinity === undefined || matchesNodeSelectorTerms(node, pod.requiredNodeAffinity);
    return isSelected && isWanted ? [] : ["node(s) didn't match Pod's node affinity/selector"];
  },
};

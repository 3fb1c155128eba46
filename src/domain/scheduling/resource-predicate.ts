import type { SchedulingPredicate } from './predicate.ts';

/** Requests against what is allocatable and not yet requested, and the number of pods (k/k plugin `NodeResourcesFit`). */
export const resourcePredicate: SchedulingPredicate = {
  name: 'NodeResourcesFit',
  isFixed: false,
  reasonsAgainst: (pod, { node, usedResources, podCount }) => {
    const tooMany = podCount + 1 > (node.allocatable['pods'] ?? 0) ? ['Too many pods'] : [];
    const insufficient = Object.entries(pod.requests)
      .filter(([name, amount]) => amount > 0 && amount > (node.allocatable[name] ?? 0) - (usedResources[name] ?? 0))
      .map(([name]) => `Insufficient ${name}`);
    return [...tooMany, ...insufficient];
  },
};

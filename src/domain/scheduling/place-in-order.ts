import type { PodFacts } from '../cluster/facts.ts';
import { occupy, type NodeRoom } from './node-room.ts';
import type { SchedulingPredicate } from './predicates.ts';

/** Where one pod was placed, or why no node fits. */
export type FoundPlace = { readonly nodeName: string } | { readonly message: string };

/** First fit, one pod after another; each placed pod reduces the room for those after it. By pod UID. */
export const placeInOrder = (
  pods: readonly PodFacts[],
  rooms: readonly NodeRoom[],
  predicates: readonly SchedulingPredicate[],
): ReadonlyMap<string, FoundPlace> => {
  const left = [...rooms];
  const places = new Map<string, FoundPlace>();
  for (const pod of pods) {
    const reasonsByNode: (readonly string[])[] = [];
    const index = left.findIndex((room) => {
      const reasons = firstReasonsAgainst(pod, room, predicates);
      reasonsByNode.push(reasons);
      return reasons.length === 0;
    });
    const room = left[index];
    if (room === undefined) {
      places.set(pod.uid, { message: toUnavailableMessage(reasonsByNode) });
      continue;
    }
    left[index] = occupy(room, pod);
    places.set(pod.uid, { nodeName: room.node.name });
  }
  return places;
};

/** The reasons of the first predicate that fails, as the scheduler also stops there. */
export const firstReasonsAgainst = (
  pod: PodFacts,
  room: NodeRoom,
  predicates: readonly SchedulingPredicate[],
): readonly string[] => {
  for (const predicate of predicates) {
    const reasons = predicate.reasonsAgainst(pod, room);
    if (reasons.length > 0) return reasons;
  }
  return [];
};

/**
 * The scheduler's wording, e.g. `0/3 nodes are available: 1 Insufficient cpu, 2 node(s) were unschedulable.` Takes one list of
 * reasons per node; each reason is prefixed with the number of nodes that have it (k/k `framework.FitError`).
 */
export const toUnavailableMessage = (reasonsByNode: readonly (readonly string[])[]): string => {
  const counts = new Map<string, number>();
  for (const reason of reasonsByNode.flat()) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  const reasons = [...counts].map(([reason, count]) => `${count} ${reason}`).sort();
  const headline = `0/${reasonsByNode.length} nodes are available`;
  return reasons.length === 0 ? `${headline}.` : `${headline}: ${reasons.join(', ')}.`;
};

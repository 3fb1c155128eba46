import type { PodFacts } from '../cluster/facts.ts';
import { comparePods } from '../eviction/classify-pod.ts';
import { firstReasonsAgainst } from './place-in-order.ts';
import type { NodeRoom } from './node-room.ts';
import type { SchedulingPredicate } from './predicates.ts';

type PodOrder = (pods: readonly PodFacts[], rooms: readonly NodeRoom[]) => readonly PodFacts[];

/**
 * First fit without backtracking fails too often, so pods are tried in two orders. Both place higher priorities first, as the
 * scheduler's queue does; then the largest first (packs well), or those with the fewest possible nodes first (before others use these).
 */
export const toPlacementOrders = (predicates: readonly SchedulingPredicate[]): readonly PodOrder[] => [
  (pods, rooms) => sortBy(pods, largestShareOf(rooms)),
  (pods, rooms) => {
    const choices = new Map(pods.map((pod) => [pod.uid, countChoices(pod, rooms, predicates)]));
    const size = largestShareOf(rooms);
    return sortBy(pods, (pod) => size(pod) - (choices.get(pod.uid) ?? 0));
  },
];

/** By priority, then by weight, both descending; then by name, so that the same facts result in the same plan. */
const sortBy = (pods: readonly PodFacts[], weight: (pod: PodFacts) => number): readonly PodFacts[] => {
  const weights = new Map(pods.map((pod) => [pod.uid, weight(pod)]));
  const weightOf = (pod: PodFacts): number => weights.get(pod.uid) ?? 0;
  return [...pods].sort((a, b) => b.priority - a.priority || weightOf(b) - weightOf(a) || comparePods(a, b));
};

/** The largest share of the largest node's allocatable that one of the pod's requests takes: between 0 and 1 for a pod that can fit. */
const largestShareOf = (rooms: readonly NodeRoom[]): ((pod: PodFacts) => number) => {
  const largest: Record<string, number> = {};
  for (const { node } of rooms) {
    for (const [name, amount] of Object.entries(node.allocatable)) largest[name] = Math.max(largest[name] ?? 0, amount);
  }
  return (pod) =>
    Math.max(
      0,
      ...Object.entries(pod.requests).map(([name, amount]) => Math.min(1, amount / (largest[name] ?? amount + 1))),
    );
};

const countChoices = (pod: PodFacts, rooms: readonly NodeRoom[], predicates: readonly SchedulingPredicate[]): number =>
  rooms.filter((room) => firstReasonsAgainst(pod, room, predicates).length === 0).length;

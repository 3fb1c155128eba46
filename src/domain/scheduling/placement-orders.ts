import type { NodeFacts, PodFacts } from '../cluster/facts.ts';
import { selectsNode } from '../cluster/node-selector.ts';
import { comparePods } from '../eviction/classify-pod.ts';
import { toDrainWave } from '../eviction/drain-wave.ts';
import type { Rescheduling } from './rescheduling.ts';

/**
 * `drain`: node by node as the task removes them, after the pods that already wait. `queue`: as in the scheduler's queue, if all wait at
 * once. `largestFirst` packs well, `fewestChoicesFirst` leaves the nodes that others need; `smallestFirst`, with the least important pods
 * first, is the adversary of both: what already waits has a head start in it. The same facts result in the same order.
 */
export type PlacementOrder = 'drain' | 'queue' | 'largestFirst' | 'fewestChoicesFirst' | 'smallestFirst';

/** The pods that move and those that wait, in each order. */
export const toPlacementOrders = (
  rescheduling: Rescheduling,
): Readonly<Record<PlacementOrder, readonly PodFacts[]>> => {
  const { waiting, moving, nodes, removedNodeNames } = rescheduling;
  const leaving = moving.map(({ pod }) => pod);
  const pods = [...waiting, ...leaving];
  const remaining = nodes.filter(({ name }) => !removedNodeNames.includes(name));
  const toSize = toLargestShareOf(remaining);
  const sizes = new Map(pods.map((pod) => [pod.uid, toSize(pod)]));
  const countNodes = toNodeCounter(remaining);
  const choices = new Map(pods.map((pod) => [pod.uid, countNodes(pod)]));
  const sizeOf = ({ uid }: PodFacts): number => sizes.get(uid) ?? 0;
  const waitingFirst = sortByPriority(waiting, () => 0);
  return {
    drain: [
      ...waitingFirst,
      ...[...leaving].sort(
        (a, b) =>
          removedNodeNames.indexOf(a.nodeName) - removedNodeNames.indexOf(b.nodeName) ||
          toDrainWave(a) - toDrainWave(b) ||
          comparePods(a, b),
      ),
    ],
    queue: sortByPriority(pods, () => 0),
    largestFirst: sortByPriority(pods, sizeOf),
    // A share is at most 1, so that the number of nodes decides first.
    fewestChoicesFirst: sortByPriority(pods, (pod) => sizeOf(pod) - (choices.get(pod.uid) ?? 0)),
    smallestFirst: [...waitingFirst, ...[...sortByPriority(leaving, sizeOf)].reverse()],
  };
};

/** By priority, then by weight, both descending; then by name. */
const sortByPriority = (pods: readonly PodFacts[], toWeight: (pod: PodFacts) => number): readonly PodFacts[] =>
  [...pods].sort((a, b) => b.priority - a.priority || toWeight(b) - toWeight(a) || comparePods(a, b));

/** The largest share of the largest node's allocatable that one of the pod's requests takes: at most 1. */
const toLargestShareOf = (nodes: readonly NodeFacts[]): ((pod: PodFacts) => number) => {
  const largest: Record<string, number> = {};
  for (const { allocatable } of nodes) {
    for (const [name, amount] of Object.entries(allocatable)) largest[name] = Math.max(largest[name] ?? 0, amount);
  }
  return (pod) =>
    Math.max(
      0,
      ...Object.entries(pod.requests).map(([name, amount]) => Math.min(1, amount / (largest[name] ?? amount + 1))),
    );
};

/**
 * How many nodes a pod selects. Only for an order: whether it fits is the scheduler's verdict. Thousands of nodes are compared once for all pods
 * that select the same.
 */
const toNodeCounter = (nodes: readonly NodeFacts[]): ((pod: PodFacts) => number) => {
  const counts = new Map<string, number>();
  return (pod) => {
    if (Object.keys(pod.nodeSelector).length === 0 && pod.requiredNodeAffinity === undefined) return nodes.length;
    const key = JSON.stringify([pod.nodeSelector, pod.requiredNodeAffinity]);
    const count = counts.get(key) ?? nodes.filter((node) => selectsNode(pod, node)).length;
    counts.set(key, count);
    return count;
  };
};

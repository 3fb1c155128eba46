import type { PodFacts } from '../cluster/facts.ts';
import { exchangePlaces } from './exchange-places.ts';
import { fillPlaces } from './fill-places.ts';
import { toTrialKey, type PlacementTrial, type TrialOutcome } from './placement-trial.ts';
import { toPlacementOrders, type PlacementOrder } from './placement-orders.ts';
import { countAffordable, toTrialPods } from './plan-trials.ts';
import type { Rescheduling } from './rescheduling.ts';
import { groupByWorkload, placeFirst, placeLast } from './workload-orders.ts';

/** With more places than this, others rarely take all of them. */
const MAX_PLACES = 4;
const MAX_STEERED_TRIALS = 40;
/** Small pods first use up the number of pods of a node, large ones its CPU and memory. */
const ORDERS: readonly PlacementOrder[] = ['smallestFirst', 'largestFirst'];

/**
 * The next trial that aims at the places of one workload: some of its pods had a place in every trial so far, and on few nodes. All others are placed
 * before them, on these nodes if they fit there, and then only those that fill these nodes. If the pods then get other nodes, the next trial aims at
 * these too. It ends when the pods have no place, or the same nodes again. Undefined when nothing is left to try. Pure.
 */
export const planSteeredTrial = (
  rescheduling: Rescheduling,
  outcomes: readonly TrialOutcome[],
): PlacementTrial | undefined => {
  const steered = outcomes.filter(({ trial }) => trial.preferredNodeNames !== undefined);
  if (steered.length >= MAX_STEERED_TRIALS || outcomes.length >= countAffordable(rescheduling)) return undefined;
  const done = new Set(steered.map(({ trial }) => toTrialKey(trial)));
  const leaving = rescheduling.moving.map(({ pod }) => pod);
  const orders = toPlacementOrders(rescheduling);
  const exchanged = exchangePlaces(rescheduling, outcomes);
  for (const workload of groupByWorkload(leaving)) {
    const places = findPlaces(workload, exchanged);
    if (places === undefined || places.length > MAX_PLACES) continue;
    const own = withWaiting(workload, rescheduling);
    // The search for pods that fill the places costs the most: only when the orders are done.
    const courses = [
      ...ORDERS.map((order) => () => placeLast(orders[order], own)),
      () => {
        const filling = fillPlaces(rescheduling, outcomes, own, places);
        return filling && placeFirst(placeFirst(orders.queue, own), filling);
      },
    ];
    for (const course of courses) {
      const pods = course();
      if (pods === undefined) continue;
      const trial: PlacementTrial = {
        removedNodeNames: rescheduling.removedNodeNames,
        removedNodes: 'cordoned',
        pods: toTrialPods(rescheduling, pods),
        leave: 'together',
        choice: 'fullest',
        preferredNodeNames: places,
      };
      if (!done.has(toTrialKey(trial))) return trial;
    }
  }
  return undefined;
};

/** Its pods that already wait come last too: their places count as those of the pods that move (`exchangePlaces`). */
const withWaiting = (workload: readonly PodFacts[], { waiting }: Rescheduling): readonly PodFacts[] => {
  const owner = workload[0]?.controller?.uid;
  return owner === undefined
    ? workload
    : [...workload, ...waiting.filter(({ controller }) => controller?.uid === owner)];
};

/** The nodes that those of the pods got which had a place in every trial, sorted; undefined if there is no such pod. */
const findPlaces = (
  workload: readonly PodFacts[],
  outcomes: readonly TrialOutcome[],
): readonly string[] | undefined => {
  const counted = outcomes.filter(({ trial }) => trial.leave !== 'later').map(({ result }) => result.places);
  const fitting = workload.filter(({ uid }) => counted.every((places) => 'nodeName' in (places.get(uid) ?? {})));
  if (fitting.length === 0) return undefined;
  const names = counted.flatMap((places) =>
    fitting.flatMap(({ uid }) => {
      const place = places.get(uid);
      return place !== undefined && 'nodeName' in place ? [place.nodeName] : [];
    }),
  );
  return [...new Set(names)].sort();
};

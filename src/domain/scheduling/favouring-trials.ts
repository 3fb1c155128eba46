import type { PodFacts } from '../cluster/facts.ts';
import { exchangePlaces } from './exchange-places.ts';
import { toPlacementOrders } from './placement-orders.ts';
import { toTrialKey, type PlacementTrial, type TrialOutcome } from './placement-trial.ts';
import { countAffordable, toTrialPods } from './plan-trials.ts';
import type { Rescheduling } from './rescheduling.ts';
import { groupByWorkload, placeFirst } from './workload-orders.ts';

/** Of more workloads only the first: the others were tried in all the planned orders. */
const MAX_FAVOURED = 20;

/**
 * The next trial in which the pods of one workload are placed before all others, because some of them had no place in any trial so far: others
 * may have taken it each time. Undefined when nothing is left to try. Pure.
 */
export const planFavouringTrial = (
  rescheduling: Rescheduling,
  outcomes: readonly TrialOutcome[],
): PlacementTrial | undefined => {
  if (outcomes.length >= countAffordable(rescheduling)) return undefined;
  const exchanged = exchangePlaces(rescheduling, outcomes);
  const hasPlace = ({ uid }: PodFacts): boolean =>
    exchanged.some(({ result }) => 'nodeName' in (result.places.get(uid) ?? {}));
  const leaving = rescheduling.moving.map(({ pod }) => pod);
  const favoured = groupByWorkload(leaving).filter((pods) => !pods.every(hasPlace));
  const tried = new Set(outcomes.map(({ trial }) => toTrialKey(trial)));
  const { queue } = toPlacementOrders(rescheduling);
  return favoured
    .slice(0, MAX_FAVOURED)
    .map((pods) => toTrial(rescheduling, placeFirst(queue, pods)))
    .find((trial) => !tried.has(toTrialKey(trial)));
};

const toTrial = (rescheduling: Rescheduling, pods: readonly PodFacts[]): PlacementTrial => ({
  removedNodeNames: rescheduling.removedNodeNames,
  removedNodes: 'cordoned',
  pods: toTrialPods(rescheduling, pods),
  leave: 'together',
  choice: 'scheduler',
});

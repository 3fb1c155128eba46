import type { PodFacts } from '../cluster/facts.ts';
import { exchangePlaces } from './exchange-places.ts';
import { toWorkloadKey } from './last-orders.ts';
import { toPlacementOrders } from './placement-orders.ts';
import type { PlacementTrial, TrialOutcome } from './placement-trial.ts';
import { countAffordable, toTrialPods } from './plan-trials.ts';
import type { Rescheduling } from './rescheduling.ts';

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
  const favoured = new Set(leaving.filter((pod) => !hasPlace(pod)).map(toWorkloadKey));
  const tried = new Set(outcomes.map(({ trial }) => toKey(trial)));
  const { queue } = toPlacementOrders(rescheduling);
  return [...favoured]
    .slice(0, MAX_FAVOURED)
    .map((key) => toTrial(rescheduling, toFirst(queue, leaving, key)))
    .find((trial) => !tried.has(toKey(trial)));
};

/** The moving pods of the workload, then the others. */
const toFirst = (queue: readonly PodFacts[], leaving: readonly PodFacts[], key: string): readonly PodFacts[] => {
  const uids = new Set(leaving.filter((pod) => toWorkloadKey(pod) === key).map(({ uid }) => uid));
  return [...queue.filter(({ uid }) => uids.has(uid)), ...queue.filter(({ uid }) => !uids.has(uid))];
};

const toTrial = (rescheduling: Rescheduling, pods: readonly PodFacts[]): PlacementTrial => ({
  removedNodeNames: rescheduling.removedNodeNames,
  removedNodes: 'cordoned',
  pods: toTrialPods(rescheduling, pods),
  leave: 'together',
  choice: 'scheduler',
});

const toKey = ({ removedNodes, leave, choice, preferredNodeNames = [], pods }: PlacementTrial): string =>
  [removedNodes, leave, choice, ...preferredNodeNames, ...pods.map(({ uid }) => uid)].join(' ');

import type { Placement } from '../plan/decommission-plan.ts';
import { withoutFullStop } from '../text/join-sentences.ts';
import type { Doubt } from './doubts.ts';
import { exchangePlaces } from './exchange-places.ts';
import type { JudgedPlacement, JudgedPlacements } from './judged-placement.ts';
import type { NoPlace, PlacementTrial, TrialOutcome, TrialPlace } from './placement-trial.ts';
import type { BypassingPod, MovingPod, Rescheduling } from './rescheduling.ts';

/**
 * The verdict about every pod that moves. `fits`: in every trial. `likely`: in some; which one depends on the order in which pods are
 * evicted and on what the scheduler prefers. `doesNotFit`: in none. `unknown`: the scheduler's answer may be wrong, or is a preemption. A
 * removed node is no place, even for a pod that tolerates the cordon: it would be evicted again. Pods of one workload are judged by how many
 * of them have a place: see `exchangePlaces`.
 */
export const judgeTrials = (rescheduling: Rescheduling, tried: readonly TrialOutcome[]): JudgedPlacements => {
  const outcomes = exchangePlaces(rescheduling, tried);
  const counted = outcomes.filter(({ trial }) => rescheduling.deletesNodes || trial.removedNodes === 'cordoned');
  const byUid: Record<string, JudgedPlacement> = {};
  for (const moving of rescheduling.moving) {
    byUid[moving.pod.uid] = {
      ...judgePod(moving, toPlaces(moving, counted), rescheduling),
      ...toPin(moving, outcomes),
      ...(moving.isFromOwner ? { isFromOwner: true } : {}),
    };
  }
  for (const bypassing of rescheduling.bypassing) byUid[bypassing.pod.uid] = judgeBypassing(bypassing, rescheduling);
  return { byUid, unplacedAtBest: findUnplacedAtBest(rescheduling, counted), trialCount: counted.length };
};

interface TriedPlace {
  readonly trial: PlacementTrial;
  readonly place: TrialPlace;
}

const toPlaces = ({ pod }: MovingPod, outcomes: readonly TrialOutcome[]): readonly TriedPlace[] =>
  outcomes.flatMap(({ trial, result }) => {
    const place = result.places.get(pod.uid);
    return place === undefined || (trial.leave === 'later' && !countsLater(place)) ? [] : [{ trial, place }];
  });

/**
 * What a pod that still terminates refuses is tried again when it has gone. One case is not: kube-scheduler places the first of the pods that
 * require each other anywhere, but does not try them again when the last earlier one has gone (`isSchedulableAfterPodChange` of its plugin
 * InterPodAffinity). They are pending until it tries all pods again, after five minutes.
 */
const countsLater = (place: TrialPlace): boolean =>
  !('nodeName' in place) && place.message.includes("didn't match pod affinity rules");

const judgePod = (
  moving: MovingPod,
  places: readonly TriedPlace[],
  { removedNodeNames }: Rescheduling,
): JudgedPlacement => {
  const placedIn = places.filter(({ place }) => 'nodeName' in place && !removedNodeNames.includes(place.nodeName));
  const refusedIn = places.filter(({ place }) => !('nodeName' in place));
  const rejection = findRejection(refusedIn);
  const nodeName = findNodeName(placedIn);
  const { doubt } = moving;
  const returnsTo = findNodeName(
    places.filter(({ place }) => 'nodeName' in place && removedNodeNames.includes(place.nodeName)),
  );
  if (returnsTo !== undefined) return judgeReturning(returnsTo, nodeName, rejection);
  if (nodeName === undefined) {
    if (rejection === undefined) return { verdict: 'unknown', message: 'the scheduler was not asked' };
    return judgeUnplaced(moving, rejection, refusedIn.some(isPreempting));
  }
  const because = rejection === undefined ? {} : { rejection };
  if (doubt !== undefined) {
    return { verdict: 'unknown', nodeName, message: `${nodeName} has room, but ${doubt.reason}`, ...because };
  }
  if (rejection === undefined) return { verdict: 'fits', nodeName, message: `${nodeName} has room` };
  const reasons = withoutFullStop(rejection.message);
  if (isOnlyAfterDeletion(places)) {
    const message = `pending until the nodes are deleted (${reasons}), then ${nodeName} has room`;
    return { verdict: 'likely', nodeName, message, rejection, isPlacedAfterDeletion: true };
  }
  const share = `${placedIn.length} of ${places.length} trials`;
  return { verdict: 'likely', nodeName, message: `has a place in ${share}, else none: ${reasons}`, rejection };
};

const findNodeName = (places: readonly TriedPlace[]): string | undefined =>
  places.map(({ place }) => ('nodeName' in place ? place.nodeName : undefined))[0];

/** Tolerates the cordon. */
const judgeReturning = (
  returnsTo: string,
  nodeName: string | undefined,
  rejection: NoPlace | undefined,
): JudgedPlacement => {
  const because = { returnsTo, ...(rejection === undefined ? {} : { rejection }) };
  const why = `${returnsTo}, a node to remove, because it tolerates the cordon`;
  return nodeName === undefined
    ? { verdict: 'doesNotFit', message: `comes back on ${why}`, ...because }
    : { verdict: 'likely', nodeName, message: `may come back on ${why}, else ${nodeName} has room`, ...because };
};

/** Has a place in no trial. */
const judgeUnplaced = ({ doubt }: MovingPod, rejection: NoPlace, preempts: boolean): JudgedPlacement => {
  const { message } = rejection;
  if (doubt !== undefined && isDoubtful(rejection, doubt)) {
    return { verdict: 'unknown', message: `${withoutFullStop(message)}, but ${doubt.reason}`, rejection };
  }
  if (preempts) {
    return {
      verdict: 'unknown',
      message: `it would only get a place by preempting pods of lower priority (${withoutFullStop(message)})`,
      rejection,
    };
  }
  return { verdict: 'doesNotFit', message, rejection };
};

const isDoubtful = ({ plugins }: NoPlace, doubt: Doubt | undefined): boolean =>
  doubt?.plugins.some((plugin) => plugins.includes(plugin)) ?? false;

const isPreempting = ({ place }: TriedPlace): boolean => !('nodeName' in place) && place.isPlacedByPreemption;

/** While the nodes are cordoned the reasons include all nodes, as `kubectl describe` will show them. */
const findRejection = (refusedIn: readonly TriedPlace[]): NoPlace | undefined => {
  const found = refusedIn.find(({ trial }) => trial.removedNodes === 'cordoned') ?? refusedIn[0];
  return found === undefined || 'nodeName' in found.place ? undefined : found.place;
};

const isOnlyAfterDeletion = (places: readonly TriedPlace[]): boolean =>
  places.every(({ trial, place }) => 'nodeName' in place === (trial.removedNodes === 'deleted')) &&
  places.some(({ trial }) => trial.removedNodes === 'cordoned');

/** Plugins that compare a pod with a node alone, whatever runs there. */
const FIXED_PLUGINS: readonly string[] = ['NodeAffinity', 'VolumeBinding', 'VolumeZone'];

/**
 * A pod is pinned when every remaining node is excluded by its fixed constraints. Taints are examined before these: a pod that is held by a
 * volume also has the taint of a control-plane node among its reasons.
 */
const toPin = ({ pod, doubt }: MovingPod, outcomes: readonly TrialOutcome[]): Pick<JudgedPlacement, 'pinMessage'> => {
  const refusals = outcomes.flatMap(({ trial, result }): readonly NoPlace[] => {
    const place = result.places.get(pod.uid);
    return place === undefined || trial.removedNodes === 'cordoned' || 'nodeName' in place ? [] : [place];
  });
  const [first] = refusals;
  if (first === undefined || isDoubtful(first, doubt)) return {};
  const { plugins, message } = first;
  const isFixed = plugins.some((plugin) => FIXED_PLUGINS.includes(plugin));
  const isFixedOnly = plugins.every((plugin) => FIXED_PLUGINS.includes(plugin) || plugin === 'TaintToleration');
  return isFixed && isFixedOnly ? { pinMessage: message } : {};
};

const judgeBypassing = (
  { workloadName, nodeName }: BypassingPod,
  { removedNodeNames }: Rescheduling,
): JudgedPlacement => {
  const verdict: Placement['verdict'] = removedNodeNames.includes(nodeName) ? 'doesNotFit' : 'unknown';
  const message = `the template of ${workloadName} sets nodeName to ${nodeName}: the pod starts there without the scheduler`;
  return { verdict, nodeName, message, isBypassing: true };
};

/** A pod that would preempt others counts as unplaced: its victims may be pods of this task. */
const findUnplacedAtBest = ({ moving }: Rescheduling, outcomes: readonly TrialOutcome[]): readonly string[] => {
  let best: readonly string[] | undefined;
  for (const { trial, result } of outcomes) {
    if (trial.leave === 'later') continue;
    const unplaced = moving.map(({ pod }) => pod.uid).filter((uid) => isUnplaced(result.places.get(uid)));
    if (best === undefined || unplaced.length < best.length) best = unplaced;
  }
  return best ?? [];
};

const isUnplaced = (place: TrialPlace | undefined): boolean => place !== undefined && !('nodeName' in place);

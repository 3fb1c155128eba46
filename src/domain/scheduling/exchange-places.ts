import type { TrialOutcome, TrialPlace } from './placement-trial.ts';
import type { MovingPod, Rescheduling } from './rescheduling.ts';

/**
 * The outcomes with the places of interchangeable pods exchanged: the first pods of a workload have those of each trial. Its controller
 * recreates them under new names from one template, so a trial shows how many of them have a place, not which. Without this, two pods of
 * which one has a place would each have one in some trials. Pods without a controller are not exchanged. Pure.
 */
export const exchangePlaces = (
  rescheduling: Rescheduling,
  outcomes: readonly TrialOutcome[],
): readonly TrialOutcome[] => {
  const groups = toGroups(rescheduling);
  if (groups.length === 0) return outcomes;
  return outcomes.map(({ trial, result }) => {
    const places = new Map(result.places);
    for (const uids of groups) exchange(uids, places);
    return { trial, result: { places } };
  });
};

/**
 * UIDs of the pods that one controller creates from one template: those that move, then those that already wait, so that a pod that waits
 * takes no place of one that moves. Only of two or more pods.
 */
const toGroups = ({ moving, waiting, scheduling }: Rescheduling): readonly (readonly string[])[] => {
  const all: readonly Pick<MovingPod, 'pod' | 'template'>[] = [...moving, ...waiting.map((pod) => ({ pod }))];
  const asked = new Set(all.map(({ pod: { uid } }) => uid));
  // Of all pods of the cluster, after every trial: only these.
  const ownTemplates = new Map(
    scheduling.pods.filter(({ uid }) => asked.has(uid)).map(({ uid, template }) => [uid, template]),
  );
  const texts = new Map<number, string>();
  const toText = (template: number): string => {
    const text = texts.get(template) ?? JSON.stringify(scheduling.templates[template]);
    texts.set(template, text);
    return text;
  };
  const groups = new Map<string, string[]>();
  for (const { pod, template = ownTemplates.get(pod.uid) } of all) {
    if (pod.controller === undefined || template === undefined) continue;
    const key = `${pod.controller.uid} ${toText(template)}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [pod.uid]);
    else group.push(pod.uid);
  }
  return [...groups.values()].filter(({ length }) => length > 1);
};

const exchange = (uids: readonly string[], places: Map<string, TrialPlace>): void => {
  const tried = uids.filter((uid) => places.has(uid));
  const found = tried.flatMap((uid) => places.get(uid) ?? []);
  const isPlaced = (place: TrialPlace): boolean => 'nodeName' in place;
  const placedFirst = [...found.filter(isPlaced), ...found.filter((place) => !isPlaced(place))];
  for (const [index, uid] of tried.entries()) {
    const place = placedFirst[index];
    if (place !== undefined) places.set(uid, place);
  }
};

import type { PodFacts } from '../cluster/facts.ts';
import type { TrialOutcome } from './placement-trial.ts';
import type { SchedulerFacts } from './scheduler-facts.ts';

const SUFFIX = '/second';

/** The UID that the second replica of a pod has in the trials. */
export const toSecondUid = ({ uid }: PodFacts): string => `${uid}${SUFFIX}`;

/** With a pod beside each of these, as yet without a node. */
export const withSecondReplicas = (scheduling: SchedulerFacts, surging: readonly PodFacts[]): SchedulerFacts => {
  const seconds = surging.flatMap((pod) =>
    scheduling.pods
      .filter(({ uid }) => uid === pod.uid)
      .map((own) => ({ ...own, name: `${own.name}-second`, uid: toSecondUid(pod), nodeName: '' })),
  );
  return seconds.length === 0 ? scheduling : { ...scheduling, pods: [...scheduling.pods, ...seconds] };
};

/** The outcome by the UIDs of the pods themselves: the place of a second replica is that of its pod. */
export const withOwnUids = ({ trial, result }: TrialOutcome): TrialOutcome => ({
  trial,
  result: { places: new Map([...result.places].map(([uid, place]) => [toOwnUid(uid), place])) },
});

const toOwnUid = (uid: string): string => (uid.endsWith(SUFFIX) ? uid.slice(0, -SUFFIX.length) : uid);

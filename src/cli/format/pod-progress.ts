import { describeRemaining } from '../../domain/estimate/describe-remaining.ts';
import { toCountText } from '../../domain/text/counts.ts';
import type { JoinedNodeStatus, JoinedPodStatus } from '../../client/join-status.ts';
import { toDurationText, toSecondsBetween } from './duration-text.ts';

const SAMPLE_FOR_PACE = 5;
const UNPREDICTABLE: readonly string[] = ['Blocked', 'Limited', 'Refused', 'NotEvicted', 'Surging', 'AwaitsCompletion'];

export const isGone = (pod: JoinedPodStatus): boolean => pod.state === 'Evicted' || pod.state === 'Gone';

const SHORT_STATES: Readonly<Record<string, string>> = { BlockedByBudget: 'Blocked', BlockedByOwnerLimit: 'Limited' };

/** The current state of a pod in one word. */
export const toPodState = ({ state, progress }: JoinedPodStatus): string => {
  if (state !== 'Evicting') return state;
  if (progress === undefined) return 'Queued';
  return SHORT_STATES[progress.state] ?? progress.state;
};

/** What a pod is waiting for, with the budget's numbers, from its last heartbeat. */
export const toPodWait = ({ progress, lastFailure }: JoinedPodStatus): string => {
  const parts = [progress?.message ?? '', lastFailure === undefined ? '' : `last attempt failed: ${lastFailure}`];
  return parts.filter((part) => part !== '').join('; ') || '-';
};

/** `9 of 12 pods gone · 1 terminating · 2 blocked by a budget`, with the remaining time where it can be estimated. */
export const toPodCountLine = (node: JoinedNodeStatus, now: string): string => {
  const gone = node.pods.filter(isGone).length;
  const states = node.pods.filter((pod) => !isGone(pod)).map(toPodState);
  const count = (state: string, text: string): string => {
    const number = states.filter((other) => other === state).length;
    return number === 0 ? '' : `${number} ${text}`;
  };
  const parts = [
    `${gone} of ${toCountText(node.pods.length, 'pod')} gone`,
    count('Terminating', 'terminating'),
    count('Surging', 'waiting for a second replica'),
    count('AwaitsCompletion', 'finishing the work of a Job'),
    count('Blocked', 'blocked by a budget'),
    count('Limited', 'limited by maxUnavailable'),
    count('Refused', 'refused, retrying'),
    toRemainingText(node, now),
  ];
  return parts.filter((part) => part !== '').join(' · ');
};

/** The corrected estimate; at the current pace if the plan has none. */
const toRemainingText = (node: JoinedNodeStatus, now: string): string =>
  node.estimate === undefined
    ? toPaceText(node, now)
    : node.remaining === undefined
      ? ''
      : describeRemaining(node.remaining, node.estimate);

/**
 * The remaining time at the current pace. Empty until enough pods are gone to measure it, and while a pod is blocked or refused: that
 * pod may wait indefinitely.
 */
const toPaceText = (node: JoinedNodeStatus, now: string): string => {
  const gone = node.pods.filter(isGone).length;
  const left = node.pods.length - gone;
  const waits = node.pods.some((pod) => UNPREDICTABLE.includes(toPodState(pod)));
  const evict = node.steps.find(({ name, status }) => name === 'evict' && status === 'Running');
  const elapsedSeconds = toSecondsBetween(evict?.startedAt, now);
  if (gone < SAMPLE_FOR_PACE || left === 0 || waits || elapsedSeconds <= 0) return '';
  return `about ${toDurationText((elapsedSeconds / gone) * left)} left at this pace`;
};

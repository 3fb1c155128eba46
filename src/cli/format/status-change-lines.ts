import type { JoinedNodeStatus, JoinedPodStatus, JoinedStatus } from '../../client/join-status.ts';
import type { PendingWork } from '../../client/pending-work.ts';
import { toAddressText } from './address-text.ts';
import { isGone, toPodCountLine, toPodState, toPodWait } from './pod-progress.ts';
import { toWorkText } from './work-text.ts';

/**
 * What changed between two statuses, one line per change: for logs and pipes, where a repainted view is useless. Empty when nothing
 * changed. `now` is RFC 3339. Pure.
 */
export const toStatusChangeLines = (
  previous: JoinedStatus | undefined,
  next: JoinedStatus,
  now: string,
): readonly string[] => [
  ...toAddressChangeLines(previous, next),
  ...toPhaseLines(previous, next),
  ...toWorkLines(previous?.work, next.work, ''),
  ...next.nodes.flatMap((node) => {
    const before = previous?.nodes.find(({ nodeName }) => nodeName === node.nodeName);
    // The status of a closed decommission lists the pods of every node again; the report, printed next, counts them.
    const work = toWorkLines(before?.work, node.work, `${node.nodeName}: `);
    return [...toStepLines(before, node), ...work, ...(next.phase === 'Closed' ? [] : toPodLines(before, node, now))];
  }),
];

/** Once, as soon as it is known. */
const toAddressChangeLines = (previous: JoinedStatus | undefined, next: JoinedStatus): readonly string[] =>
  next.clusterAddress === undefined || previous?.clusterAddress !== undefined
    ? []
    : [`cluster ${next.cluster}: ${toAddressText(next.clusterAddress)}`];

const toPhaseLines = (previous: JoinedStatus | undefined, next: JoinedStatus): readonly string[] => {
  const samePause = previous?.paused?.at === next.paused?.at;
  if (previous?.phase === next.phase && samePause) return [];
  const by = next.paused === undefined ? '' : ` (by ${next.paused.by}: ${next.paused.reason})`;
  const message = next.message === '' ? '' : `: ${next.message}`;
  return [`${next.outcome ?? next.phase}${message}${by}`];
};

/** Once for each reason, not for each attempt. */
const toWorkLines = (
  before: PendingWork | undefined,
  work: PendingWork | undefined,
  prefix: string,
): readonly string[] =>
  work === undefined || work.message === before?.message ? [] : [`${prefix}${toWorkText(work)}`];

const toStepLines = (before: JoinedNodeStatus | undefined, node: JoinedNodeStatus): readonly string[] =>
  node.steps
    .filter(
      ({ name, status }) => (before?.steps.find((step) => step.name === name)?.status ?? 'NotExecuted') !== status,
    )
    .map(({ name, status, message }) => `${node.nodeName}: ${name} ${status}${message ? `: ${message}` : ''}`);

const toPodLines = (before: JoinedNodeStatus | undefined, node: JoinedNodeStatus, now: string): readonly string[] => {
  const changed = node.pods.flatMap((pod) => toPodLine(before, node, pod));
  const newlyGone = changed.length > 0 && node.pods.filter(isGone).length !== (before?.pods.filter(isGone).length ?? 0);
  return newlyGone ? [...changed, `${node.nodeName}: ${toPodCountLine(node, now)}`] : changed;
};

/** These states are too short to be worth a line. */
const OMITTED: readonly string[] = ['Queued', 'Evicting'];

/** Other numbers of the same block are no news; another block is. A preStop hook is part of an ordinary end. */
const toPodNews = (pod: JoinedPodStatus): string => {
  const { cause = '', subject = '' } = pod.progress?.stuck ?? {};
  return JSON.stringify([toPodState(pod), ...(cause === 'preStop' ? ['', ''] : [cause, subject])]);
};

const toPodLine = (
  before: JoinedNodeStatus | undefined,
  node: JoinedNodeStatus,
  pod: JoinedPodStatus,
): readonly string[] => {
  const state = toPodState(pod);
  const earlier = before?.pods.find(({ uid }) => uid === pod.uid);
  if (OMITTED.includes(state) || (earlier !== undefined && toPodNews(earlier) === toPodNews(pod))) return [];
  if (before === undefined && isGone(pod)) return [];
  const wait = isGone(pod) || toPodWait(pod) === '-' ? '' : `: ${toPodWait(pod)}`;
  return [`${node.nodeName}: pod ${pod.namespace}/${pod.name} ${state}${wait}`];
};

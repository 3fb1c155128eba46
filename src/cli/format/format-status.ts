import { toCountText, toMoreText } from '../../domain/text/counts.ts';
import { stripVTControlCharacters } from 'node:util';
import type { JoinedNodeStatus, JoinedPodStatus, JoinedStatus } from '../../client/join-status.ts';
import type { PendingWork } from '../../client/pending-work.ts';
import { toAddressLines } from './address-text.ts';
import { toDurationText, toSecondsBetween } from './duration-text.ts';
import { toNextDeadline } from './next-deadline.ts';
import { PLAIN, type Paint } from './paint.ts';
import { isGone, toPodCountLine, toPodState, toPodWait } from './pod-progress.ts';
import { toFittingText } from './fitting-text.ts';
import { toFittingLine, toTextTable } from './text-table.ts';
import { toWorkText } from './work-text.ts';
import type { StepReport, StepStatus } from '../../domain/run/report.ts';

export interface StatusLayout {
  /** RFC 3339. */
  readonly now: string;
  /** Maximum number of lines, at least 8; absent: no limit. */
  readonly rows?: number;
  /** Maximum number of columns; absent or 0: no limit. */
  readonly columns?: number;
  readonly paint?: Paint;
}

/** The status of a decommission as text: its phase, each node's steps, and the remaining pods with what they are waiting for. Pure. */
export const formatStatus = (status: JoinedStatus, layout: StatusLayout): string => {
  const paint = layout.paint ?? PLAIN;
  const shown = status.nodes.filter(hasStarted);
  const nodes = toCappedNodes(
    shown.map((node) => toRows(toNodeLines(node, layout.now, paint), layout)),
    layout,
  );
  const unstarted = status.nodes.length - shown.length;
  const rest = [
    ...(unstarted > 0 ? [`${toCountText(unstarted, 'node')} not started`] : []),
    ...(status.waits === undefined ? [] : [status.waits]),
  ];
  const fixed = [...toRows(toHeadLines(status, layout.now, paint), layout), ...nodes, ...toRows(rest, layout)];
  const usedRows = fixed.reduce((rows, line) => rows + toRowCount(line, layout), 0);
  return [...fixed, ...toPodLines(status, layout, usedRows)].join('\n');
};

/** A single word that is wider than the terminal takes several rows. */
const toRowCount = (line: string, { columns = 0 }: StatusLayout): number =>
  columns > 0 ? Math.max(1, Math.ceil(stripVTControlCharacters(line).length / columns)) : 1;

/** Wrapped at words: a line for each row. */
const toRows = (lines: readonly string[], { columns = 0 }: StatusLayout): readonly string[] =>
  lines.length === 0 ? [] : toFittingText(lines.join('\n'), columns).split('\n');

const toHeadLines = (status: JoinedStatus, now: string, paint: Paint): readonly string[] => {
  const closed = status.phase === 'Closed';
  const parts = [
    paint.strong(status.taskId === '' ? status.workflowId : `task ${status.taskId} on cluster ${status.cluster}`),
    paint.strong(status.outcome ?? status.phase),
    ...(closed ? [] : [toDurationText(toSecondsBetween(status.startedAt, now))]),
    ...toDeadlineParts(status, now),
  ];
  const { paused } = status;
  const headline =
    paused === undefined
      ? status.message
      : paint.careful(`paused by ${paused.by}: ${paused.reason} (since ${paused.at})`);
  const address = toAddressLines(status.clusterAddress).map((line) => paint.faint(line));
  return [parts.join(' · '), ...address, headline, ...toWorkLines(status.work, '', paint)].filter(
    (line) => line !== '',
  );
};

const toDeadlineParts = (status: JoinedStatus, now: string): readonly string[] => {
  const next = toNextDeadline(status);
  if (next === undefined) return [];
  const seconds = toSecondsBetween(now, next);
  return [seconds > 0 ? `deadline in ${toDurationText(seconds)}` : 'deadline has passed'];
};

const hasStarted = (node: JoinedNodeStatus): boolean =>
  node.outcome !== undefined || node.steps.some(({ status }) => status !== 'NotExecuted');

const toNodeLines = (node: JoinedNodeStatus, now: string, paint: Paint): readonly string[] => {
  const outcome = node.outcome === undefined ? '' : `  ${node.outcome}`;
  const steps = `${paint.strong(node.nodeName)}  ${toStepLine(node.steps, paint)}${outcome}`;
  const pods = node.pods.length === 0 ? [] : [`  ${toPodCountLine(node, now)}`];
  return [steps, ...pods, ...toWorkLines(node.work, '  ', paint)];
};

const toWorkLines = (work: PendingWork | undefined, indent: string, paint: Paint): readonly string[] =>
  work === undefined ? [] : [`${indent}${paint.careful(toWorkText(work))}`];

/** The newest nodes, in at most half of the terminal, so that there is room for the pods. */
const toCappedNodes = (nodes: readonly (readonly string[])[], layout: StatusLayout): readonly string[] => {
  if (layout.rows === undefined) return nodes.flat();
  let room = Math.floor(layout.rows / 2);
  const kept: (readonly string[])[] = [];
  for (const lines of [...nodes].reverse()) {
    room -= lines.reduce((rows, line) => rows + toRowCount(line, layout), 0);
    if (room < 0 && kept.length > 0) break;
    kept.unshift(lines);
  }
  const hidden = nodes.length - kept.length;
  return [...(hidden > 0 ? [`${toCountText(hidden, 'earlier node')} not shown`] : []), ...kept.flat()];
};

const toPodLines = (status: JoinedStatus, layout: StatusLayout, used: number): readonly string[] => {
  if (status.phase === 'Closed') return [];
  const left = status.nodes.flatMap((node) => node.pods.filter((pod) => !isGone(pod)).map((pod) => ({ node, pod })));
  if (left.length === 0) return [];
  const severalNodes = new Set(left.map(({ node }) => node.nodeName)).size > 1;
  const room = layout.rows === undefined ? left.length : Math.max(1, layout.rows - used - 4);
  const shown = [...left].sort((one, other) => compareUrgency(one.pod, other.pod)).slice(0, room);
  const rows = shown.map(({ node, pod }) => [
    ...(severalNodes ? [node.nodeName] : []),
    `${pod.namespace}/${pod.name}`,
    toPodState(pod),
    toPodWait(pod),
  ]);
  const head = [...(severalNodes ? ['NODE'] : []), 'REMAINING POD', 'STATE', 'WAITING FOR'];
  const more = toMoreText(left.length, shown.length);
  const table = toTextTable(head, rows).map((line) => toFittingLine(line, layout.columns ?? 0));
  return ['', ...table, ...(more === '' ? [] : [more])];
};

const URGENCY: readonly string[] = [
  'Refused',
  'Blocked',
  'Limited',
  'Terminating',
  'AwaitsCompletion',
  'Evicting',
  'Queued',
];

/** Pods that may need an operator first; by name within each state, so that lines do not move. */
const compareUrgency = (one: JoinedPodStatus, other: JoinedPodStatus): number =>
  URGENCY.indexOf(toPodState(one)) - URGENCY.indexOf(toPodState(other)) ||
  `${one.namespace}/${one.name}`.localeCompare(`${other.namespace}/${other.name}`);

const MARKS: Readonly<Record<StepStatus, string>> = {
  NotExecuted: '·',
  Running: '▸',
  Succeeded: '✓',
  Failed: '✗',
  Skipped: '–',
  Undone: '↺',
};

/** All steps in one line, each with a mark: `✓ preflight  ▸ evict  · detach  – stopKubelet`. Pure. */
const toStepLine = (steps: readonly StepReport[], paint: Paint): string =>
  steps.map(({ name, status }) => toColor(status, paint)(`${MARKS[status]} ${name}`)).join('  ');

const toColor = (status: StepStatus, paint: Paint): ((text: string) => string) => {
  if (status === 'Succeeded') return paint.good;
  if (status === 'Failed') return paint.bad;
  if (status === 'Running') return paint.strong;
  return status === 'Undone' ? paint.careful : paint.faint;
};

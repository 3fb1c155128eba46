import type {
  DecommissionReport,
  NodeReport,
  Outcome,
  PodReport,
  RemainingObject,
  RemainingReport,
  StepReport,
  UndoReport,
} from '../../domain/run/report.ts';
import type { SteeringRecord } from '../../domain/steering/steering.ts';
import { toAddressLines } from './address-text.ts';
import { toDurationText, toSecondsBetween } from './duration-text.ts';
import { toFittingText } from './fitting-text.ts';
import { PLAIN, type Paint } from './paint.ts';
import { toHostLines } from './preview-lines.ts';
import { toTextTable } from './text-table.ts';

const isGood = (outcome: Outcome): boolean => outcome === 'Decommissioned' || outcome === 'DryRun';

/**
 * A report as text: the outcome first, then each node's steps, pod counts, what stays on its host and in the cluster, and undo, then the undo
 * of the task. It is wrapped to `columns`, 0: not at all, except for commands, which can be pasted. Pure.
 */
export const formatReport = (report: DecommissionReport, paint: Paint = PLAIN, columns = 0): string => {
  const sections = [
    toHeadLines(report, paint),
    ...report.nodes.map((node) => toNodeLines(node, paint)),
    toUndoLines(isGood(report.outcome) ? 'CLEANUP' : 'TASK UNDO', report.undo, 0),
  ];
  return [
    ...sections.map((lines) => toFittingText(lines.join('\n'), columns)),
    toCommandLines(report, paint).join('\n'),
    toMachineLines(report, paint).join('\n'),
  ]
    .filter((text) => text !== '')
    .join('\n\n');
};

const toHeadLines = (report: DecommissionReport, paint: Paint): readonly string[] => {
  const color = isGood(report.outcome) ? paint.good : paint.bad;
  const who = [report.requestedBy, report.reason].filter((part) => part !== undefined).join(': ');
  // An invalid request has neither task nor cluster.
  const task = report.taskId === '' ? 'no task' : `task ${report.taskId} on cluster ${report.cluster}`;
  return [
    `${color(report.outcome)}: ${report.message}`,
    `${task}, ${toDurationText(toSecondsBetween(report.startedAt, report.endedAt))} (${report.startedAt} to ${report.endedAt})`,
    ...toAddressLines(report.clusterAddress),
    ...(who === '' ? [] : [`requested by ${who}`]),
    ...toFailureLines(report),
  ];
};

/** A message that the first line already includes is not repeated; the failure type is always shown. */
const toFailureLines = ({ failure, message, outcome }: DecommissionReport): readonly string[] => {
  if (failure === undefined) return [];
  if (!message.includes(failure.message)) return [`failure ${failure.type}: ${failure.message}`];
  return failure.type === outcome ? [] : [`failure ${failure.type}`];
};

const toNodeLines = (node: NodeReport, paint: Paint): readonly string[] => {
  const color = isGood(node.outcome) ? paint.good : paint.bad;
  const how = node.outcome === 'Cancelled' ? 'stopped' : 'failed';
  const failed = node.failedStep === undefined ? '' : `, ${how} at ${node.failedStep}`;
  return [
    `${paint.strong(`Node ${node.nodeName}`)}: ${color(node.outcome)}${failed}`,
    ...(node.failure === undefined ? [] : [`  ${node.failure.type}: ${node.failure.message}`]),
    ...toTextTable(['STEP', 'STATUS', 'TOOK', 'MESSAGE'], node.steps.map(toStepRow), 2),
    ...toPodLines(node.pods),
    ...(node.host === undefined ? [] : toHostLines(node.host, 2)),
    ...(node.remaining === undefined ? [] : toRemainingLines(node.remaining)),
    ...toUndoLines(isGood(node.outcome) ? 'CLEANUP' : 'UNDO', node.undo, 2),
    ...(node.steering ?? []).map((record) => `  ${toSteeringText(record)}`),
    ...node.notes.map((note) => `  note: ${note}`),
  ];
};

const toSteeringText = ({ action, pod, point, workloads, by, reason, at }: SteeringRecord): string =>
  `${[action, pod, point, workloads?.join(', ')].filter((part) => part !== undefined).join(' ')} by ${by} at ${at}: ${reason}`;

const toStepRow = ({ name, status, startedAt, endedAt, message }: StepReport): readonly string[] => [
  name,
  status,
  startedAt === undefined || endedAt === undefined ? '-' : toDurationText(toSecondsBetween(startedAt, endedAt)),
  message ?? '',
];

const toPodLines = (pods: readonly PodReport[]): readonly string[] => {
  if (pods.length === 0) return [];
  const outcomes = [...new Set(pods.map(({ outcome }) => outcome))].sort();
  const counts = outcomes.map((outcome) => `${pods.filter((pod) => pod.outcome === outcome).length} ${outcome}`);
  const remaining = pods.filter(({ outcome }) => outcome === 'NotEvicted' || outcome === 'Terminating');
  return [
    `  pods: ${counts.join(', ')}`,
    ...remaining.map(
      ({ namespace, name, outcome, message }) =>
        `    ${namespace}/${name} ${outcome}${message === undefined ? '' : `: ${message}`}`,
    ),
  ];
};

const toRemainingLines = ({ objects, unread }: RemainingReport): readonly string[] => [
  ...(objects.length === 0 ? [] : ['  still in the cluster, kept by other components:']),
  ...objects.map((object) => `    ${toObjectText(object)}`),
  ...(unread.length === 0 ? [] : ['  unknown: whether other components keep objects of these kinds:']),
  ...unread.map(({ kind, reason }) => `    ${kind}: ${reason}`),
];

const toObjectText = ({ kind, name, namespace, advice }: RemainingObject): string =>
  `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}: ${advice}`;

/** `Undone` beside an action such as `uncordon node-1` would read as if the action had been reverted. */
const UNDO_RESULTS: Readonly<Record<UndoReport['status'], string>> = {
  Undone: 'done',
  NothingToDo: 'nothing to do',
  Kept: 'kept',
  Failed: 'FAILED',
};

/** A table of what was undone; nothing for an empty list. Pure. */
export const toUndoLines = (title: string, undo: readonly UndoReport[], indent: number): readonly string[] => {
  if (undo.length === 0) return [];
  const rows = undo.map(({ action, status, message }) => [action, UNDO_RESULTS[status], message]);
  return toTextTable([title, 'RESULT', 'MESSAGE'], rows, indent);
};

/** The commands for an operator when the undo is incomplete. */
const toCommandLines = (report: DecommissionReport, paint: Paint): readonly string[] => {
  const undo = [...report.undo, ...report.nodes.flatMap((node) => node.undo)];
  const commands = undo.flatMap(({ commands: own }) => own ?? []);
  if (commands.length === 0) return [];
  return [paint.bad('To undo the rest manually, run:'), ...commands.map((command) => `  ${command}`)];
};

/** The commands of providers for machines that nothing has ended; the report of a task alone does not have them. */
const toMachineLines = ({ nodes }: DecommissionReport, paint: Paint): readonly string[] => {
  const running = nodes.flatMap(({ machine }) => (machine?.state === 'StillRuns' ? (machine.command ?? []) : []));
  if (running.length === 0) return [];
  return [paint.careful('To end the machines that still run, run:'), ...running.map((command) => `  ${command}`)];
};

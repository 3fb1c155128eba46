import {
  allHandlersFinished,
  ApplicationFailure,
  CancellationScope,
  CancelledFailure,
  condition,
  getExternalWorkflowHandle,
  upsertMemo,
  workflowInfo,
} from '@temporalio/workflow';
import { withoutLists, type DecommissionReport, type NodeReport } from '../../domain/run/report.ts';
import { MEMO_REPORT, nodeClosedSignal } from '../messages.ts';
import { throwDefect } from './failure-report.ts';

const MAX_MESSAGE_LENGTH = 300;
/** Characters of JSON: the memo of a workflow is read with every list of workflows. */
const MAX_PODS_LENGTH = 60_000;

/** Waits for running updates to return before the workflow closes; also after a cancellation, when a plain wait would throw. */
export const awaitHandlers = (): Promise<void> =>
  CancellationScope.nonCancellable(() => condition(allHandlersFinished));

/**
 * Closes a workflow without a parent by its outcome: returns the report for `Decommissioned` and `DryRun`.
 *
 * @throws CancelledFailure closes as *Canceled*: the run was cancelled and its changes were undone.
 * @throws ApplicationFailure not retryable, for any other outcome: its type is the outcome, its first detail the report.
 */
export const closeWorkflow = (report: DecommissionReport): DecommissionReport =>
  close(report, report.message, toCompactReport);

/**
 * Closes the workflow of a node that a task has started, by the same table. A cancelled one first sends its report to the task, which cannot
 * read the memo.
 *
 * @throws CancelledFailure, ApplicationFailure: as `closeWorkflow`
 */
export const closeNodeWorkflow = async (report: NodeReport): Promise<NodeReport> => {
  if (isClosedAsCancelled(report)) await sendToTask(withoutLists(report));
  return close(report, toNodeMessage(report), toCompactNode);
};

const toNodeMessage = ({ nodeName, outcome, failure }: NodeReport): string =>
  `node ${nodeName}: ${failure?.message ?? outcome}`;

/** A task that is closed does not need it; one that runs undoes the node again, if it does not get it. */
const sendToTask = async (report: NodeReport): Promise<void> => {
  const { parent } = workflowInfo();
  if (!parent) return;
  const task = getExternalWorkflowHandle(parent.workflowId);
  await CancellationScope.nonCancellable(() => task.signal(nodeClosedSignal, report)).catch(throwDefect);
};

/** The SDK closes as *Canceled* only workflows that were cancelled themselves; a task whose node was cancelled fails as `Cancelled`. */
const isClosedAsCancelled = ({ outcome }: Pick<NodeReport, 'outcome'>): boolean =>
  outcome === 'Cancelled' && CancellationScope.current().consideredCancelled;

const close = <Report extends Pick<NodeReport, 'outcome'>>(
  report: Report,
  message: string,
  toCompact: (report: Report) => Report,
): Report => {
  if (report.outcome === 'Decommissioned' || report.outcome === 'DryRun') return report;
  if (isClosedAsCancelled(report)) {
    // The SDK drops the details of a CancelledFailure; the memo stays.
    upsertMemo({ [MEMO_REPORT]: toCompact(report) });
    throw new CancelledFailure(message);
  }
  throw ApplicationFailure.create({ type: report.outcome, message, nonRetryable: true, details: [report] });
};

/** Memos are small: without pods, and with long messages truncated. */
const toCompactReport = (report: DecommissionReport): DecommissionReport => ({
  ...report,
  message: truncate(report.message),
  nodes: report.nodes.map(toShortNode),
  undo: report.undo.map((entry) => ({ ...entry, message: truncate(entry.message) })),
});

/** With its pods while there is room: they are nowhere else. */
const toCompactNode = (report: NodeReport): NodeReport => {
  const short = toShortNode(report);
  if (JSON.stringify(report.pods).length <= MAX_PODS_LENGTH) return { ...short, pods: report.pods };
  return { ...short, notes: [...short.notes, `its ${report.pods.length} pods are listed only in its history`] };
};

const toShortNode = (node: NodeReport): NodeReport => ({
  ...withoutLists(node),
  notes: node.notes.map(truncate),
  undo: node.undo.map((entry) => ({ ...entry, message: truncate(entry.message) })),
});

const truncate = (text: string): string => text.slice(0, MAX_MESSAGE_LENGTH);

import {
  allHandlersFinished,
  ApplicationFailure,
  CancellationScope,
  CancelledFailure,
  condition,
  upsertMemo,
} from '@temporalio/workflow';
import { withoutLists, type DecommissionReport } from '../../domain/run/report.ts';
import { MEMO_REPORT } from '../messages.ts';

const MAX_MESSAGE_LENGTH = 300;

/** Waits for running updates to return before the workflow closes; also after a cancellation, when a plain wait would throw. */
export const awaitHandlers = (): Promise<void> =>
  CancellationScope.nonCancellable(() => condition(allHandlersFinished));

/**
 * Closes a workflow without a parent by its outcome: returns the report for `Decommissioned` and `DryRun`.
 *
 * @throws CancelledFailure closes as *Canceled*: the run was cancelled and its changes were undone.
 * @throws ApplicationFailure not retryable, for any other outcome: its type is the outcome, its first detail the report.
 */
export const closeWorkflow = (report: DecommissionReport): DecommissionReport => {
  if (report.outcome === 'Decommissioned' || report.outcome === 'DryRun') return report;
  // The SDK closes as *Canceled* only workflows that were cancelled themselves; a task whose node was cancelled fails as `Cancelled`.
  if (report.outcome === 'Cancelled' && CancellationScope.current().consideredCancelled) {
    // The server drops the details of a CancelledFailure but keeps the memo.
    upsertMemo({ [MEMO_REPORT]: toCompactReport(report) });
    throw new CancelledFailure(report.message);
  }
  throw ApplicationFailure.create({
    type: report.outcome,
    message: report.message,
    nonRetryable: true,
    details: [report],
  });
};

/** Memos are small: without pods, and with long messages truncated. */
const toCompactReport = (report: DecommissionReport): DecommissionReport => ({
  ...report,
  message: truncate(report.message),
  nodes: report.nodes.map((node) => ({
    ...withoutLists(node),
    notes: node.notes.map(truncate),
    undo: node.undo.map((entry) => ({ ...entry, message: truncate(entry.message) })),
  })),
  undo: report.undo.map((entry) => ({ ...entry, message: truncate(entry.message) })),
});

const truncate = (text: string): string => text.slice(0, MAX_MESSAGE_LENGTH);

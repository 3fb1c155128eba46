import {
  allHandlersFinished,
  ApplicationFailure,
  CancellationScope,
  CancelledFailure,
  condition,
  upsertMemo,
} from '@temporalio/workflow';
import type { DecommissionReport } from '../../domain/run/report.ts';
import { MEMO_REPORT } from '../messages.ts';

const MAX_MESSAGE_LENGTH = 300;

/** Lets the updates that are under way answer before the workflow closes; after a cancel too, when a plain wait would throw. */
export const awaitHandlers = (): Promise<void> =>
  CancellationScope.nonCancellable(() => condition(allHandlersFinished));

/**
 * How a workflow without a parent closes, by its outcome: returned for `Decommissioned` and `DryRun`, *Canceled* for a cancelled and
 * put-back run, otherwise a non-retryable ApplicationFailure whose type is the outcome and whose first detail is the report.
 */
export const closeWorkflow = (report: DecommissionReport): DecommissionReport => {
  if (report.outcome === 'Decommissioned' || report.outcome === 'DryRun') return report;
  // The SDK closes as *Canceled* only what was asked to cancel itself; a task whose node was cancelled fails as `Cancelled`.
  if (report.outcome === 'Cancelled' && CancellationScope.current().consideredCancelled) {
    // The server drops the details of a CancelledFailure; a memo written directly before survives.
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

/** Memos are small: without the pods, and with long sentences cut. */
const toCompactReport = (report: DecommissionReport): DecommissionReport => ({
  ...report,
  message: cut(report.message),
  nodes: report.nodes.map((node) => ({
    ...node,
    pods: [],
    notes: node.notes.map(cut),
    undo: node.undo.map((entry) => ({ ...entry, message: cut(entry.message) })),
  })),
  undo: report.undo.map((entry) => ({ ...entry, message: cut(entry.message) })),
});

const cut = (text: string): string => text.slice(0, MAX_MESSAGE_LENGTH);

import { WorkflowFailedError, type WorkflowHandle } from '@temporalio/client';
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import type { DecommissionReport } from '../../../src/domain/run/report.ts';

/** How a workflow closed, with its report from wherever the server stores it. */
export interface Closing<Report = DecommissionReport> {
  readonly status: 'Completed' | 'Failed' | 'Canceled';
  /** For `Failed`: the failure's type. */
  readonly type?: string;
  readonly message?: string;
  readonly report: Report;
}

/**
 * Waits for the end of a run; of a node's own workflow, the report is a NodeReport.
 * @throws the error of the run if it is neither a failure with a report nor a cancellation.
 */
export const awaitClosing = async <Report = DecommissionReport>(
  run: Pick<WorkflowHandle, 'result' | 'describe'>,
): Promise<Closing<Report>> => {
  try {
    return { status: 'Completed', report: (await run.result()) as Report };
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw error;
    const { cause } = error;
    if (cause instanceof CancelledFailure) {
      const { memo } = await run.describe();
      return { status: 'Canceled', report: memo?.['report'] as Report };
    }
    if (!(cause instanceof ApplicationFailure)) throw error;
    const report = cause.details?.[0] as Report;
    return { status: 'Failed', type: cause.type ?? '', message: cause.message, report };
  }
};

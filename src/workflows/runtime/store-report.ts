import { CancellationScope } from '@temporalio/workflow';
import type { AcceptedTask } from '../../domain/run/context.ts';
import type { NodeReport } from '../../domain/run/report.ts';
import { toStoredReport } from '../../domain/run/stored-report.ts';
import { reportActivities } from './activity-options.ts';
import { toFailureReport } from './failure-report.ts';

/**
 * Stores the report of a node that has ended, if the worker that accepted the task has a place for reports. Call it directly before the
 * node's workflow closes. Returns the report; a failure to store it is added as a note and changes nothing else. `startedAt`: of the node's
 * workflow, RFC 3339.
 * @throws a defect: see `throwDefect`.
 */
export const storeReport = async (task: AcceptedTask, report: NodeReport, startedAt: string): Promise<NodeReport> => {
  if (task.storesReports !== true) return report;
  const stored = toStoredReport(task, report, { startedAt, endedAt: new Date().toISOString() });
  try {
    await CancellationScope.nonCancellable(() => reportActivities.storeReport(task.context, stored));
    return report;
  } catch (error) {
    return {
      ...report,
      notes: [...report.notes, `this report could not be stored: ${toFailureReport(error).message}`],
    };
  }
};

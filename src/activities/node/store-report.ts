import { activityInfo } from '@temporalio/activity';
import { DecommissionFailure, FailureType } from '../../domain/run/failures.ts';
import type { TaskContext } from '../../domain/run/context.ts';
import type { DecommissionReport } from '../../domain/run/report.ts';
import type { ActivityDependencies } from '../support/activity-dependencies.ts';

/**
 * Stores the report of one node in the worker's place for reports, under the run of the workflow that calls it. Safe to repeat.
 *
 * @throws DecommissionFailure `ReportNotStored`, retryable: also when this worker has no place for reports, as another one may.
 */
export const storeReport =
  ({ reports, workerIdentity = '(unnamed)' }: ActivityDependencies) =>
  async (_context: TaskContext, report: DecommissionReport): Promise<void> => {
    if (reports === undefined) {
      throw new DecommissionFailure(
        FailureType.ReportNotStored,
        `the configuration of worker ${workerIdentity} has no \`reports\`; add it to all workers.`,
        { retryable: true },
      );
    }
    await reports.store(report, activityInfo().workflowExecution?.runId ?? '');
  };

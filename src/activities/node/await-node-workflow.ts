import { Context, sleep } from '@temporalio/activity';
import { withoutLists, type NodeReport } from '../../domain/run/report.ts';
import { isSameTask, type TaskIdentity } from '../../domain/run/task-identity.ts';
import type { ActivityDependencies } from '../support/activity-dependencies.ts';
import { beat } from '../support/with-heartbeat.ts';

/** Between two reads, also when the end of a run cannot be awaited. */
const MIN_MILLISECONDS = 500;

/** How the workflow of a node ended that this run of the task has not started, or whose end it did not receive. */
export type NodeWorkflowEnd =
  /** It is the workflow of another task. */
  | { readonly kind: 'foreign' }
  | {
      readonly kind: 'closed';
      /** Empty: its history was deleted. */
      readonly runId: string;
      /** Without its lists. Absent: it closed without one, e.g. when it was terminated. */
      readonly report?: NodeReport;
    };

/**
 * Waits for the end of a node's workflow that runs already, if it works for `task`. Reads only, heartbeats.
 *
 * @throws CancelledFailure
 * @throws Error of the Temporal client, retryable
 */
export const awaitNodeWorkflow =
  ({ directory }: Pick<ActivityDependencies, 'directory'>) =>
  async (nodeWorkflowId: string, task: TaskIdentity): Promise<NodeWorkflowEnd> => {
    for (;;) {
      const workflow = await directory.readNodeWorkflow(nodeWorkflowId);
      if (workflow.kind === 'absent') return { kind: 'closed', runId: '' };
      const { kind, runId, report } = workflow;
      if (!isSameTask(workflow.task, task)) return { kind: 'foreign' };
      if (kind === 'closed') return { kind, runId, ...(report === undefined ? {} : { report: withoutLists(report) }) };
      beat({ message: `workflow ${nodeWorkflowId} still runs` });
      await directory.awaitClosed(nodeWorkflowId, runId, Context.current().cancellationSignal);
      await sleep(MIN_MILLISECONDS);
    }
  };

import { randomUUID } from 'node:crypto';
import type { WorkflowHandle } from '@temporalio/client';
import { toWorkflowTasks, type WorkflowTask } from '../../workflows/workflow-tasks.ts';
import type { Harness } from '../harness/harness.ts';

/** A workflow task, to which its workflow can be reset. */
export interface ResetPoint extends WorkflowTask {
  readonly workflowId: string;
  /** The run that has it. */
  readonly runId: string;
}

/** Every workflow task of the newest run of this workflow, in order. */
export const readResetPoints = async ({ client }: Harness, workflowId: string): Promise<readonly ResetPoint[]> => {
  const { runId } = await client.workflow.getHandle(workflowId).describe();
  const { events } = await client.workflow.getHandle(workflowId, runId).fetchHistory();
  return toWorkflowTasks(events ?? []).map((task) => ({ ...task, workflowId, runId }));
};

/** Resets the workflow to this workflow task. Returns the new run, which terminates one that runs. */
export const resetTo = async (
  { client }: Harness,
  { workflowId, runId, eventId }: ResetPoint,
): Promise<WorkflowHandle> => {
  const reset = await client.workflowService.resetWorkflowExecution({
    namespace: client.options.namespace,
    workflowExecution: { workflowId, runId },
    workflowTaskFinishEventId: eventId,
    requestId: randomUUID(),
    reason: 'by mistake',
  });
  return client.workflow.getHandle(workflowId, reset.runId);
};

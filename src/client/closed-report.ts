import type { Client, WorkflowExecutionDescription } from '@temporalio/client';
import { ApplicationFailure, CancelledFailure, TerminatedFailure, WorkflowFailedError } from '@temporalio/client';
import type { DecommissionReport } from '../domain/run/report.ts';
import { MEMO_REPORT } from '../workflows/messages.ts';
import { findNodeReport } from '../domain/run/find-node-report.ts';
import { joinReport } from './join-report.ts';
import { NoReportError } from './decommission-error.ts';

/**
 * The report of a closed workflow, read without a worker: its result, the details of its failure, or the memo of a cancelled one.
 * Waits for the workflow to close.
 * @throws NoReportError: the workflow was terminated, timed out, or closed without a report.
 */
export const readClosedReport = async (
  client: Client,
  workflowId: string,
  runId: string | undefined,
): Promise<DecommissionReport> => {
  try {
    const result: unknown = await client.workflow.getHandle(workflowId, runId).result();
    if (isReport(result)) return result;
    throw new NoReportError(workflowId, 'returned a result that is not a report');
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw error;
    const fromFailure = reportFromFailure(error.cause);
    if (fromFailure !== undefined) return fromFailure;
    if (error.cause instanceof CancelledFailure) {
      const fromMemo = toMemoReport(await readLastOfChain(client, workflowId, runId));
      if (fromMemo !== undefined) return fromMemo;
    }
    throw new NoReportError(workflowId, toEnding(error.cause));
  }
};

/** A run that continued as new has its memo on the last run of its chain, which is the newest unless the id was reused. */
const readLastOfChain = async (
  client: Client,
  workflowId: string,
  runId: string | undefined,
): Promise<WorkflowExecutionDescription> => {
  const newest = await client.workflow.getHandle(workflowId).describe();
  if (runId === undefined || newest.runId === runId || toFirstRunId(newest) === runId) return newest;
  return await client.workflow.getHandle(workflowId, runId).describe();
};

const toFirstRunId = ({ raw }: WorkflowExecutionDescription): string | null | undefined =>
  raw.workflowExecutionInfo?.firstRunId;

/** The report in the first detail of a workflow's failure. */
export const reportFromFailure = (cause: unknown): DecommissionReport | undefined => {
  if (!(cause instanceof ApplicationFailure)) return undefined;
  const [detail] = cause.details ?? [];
  return isReport(detail) ? detail : undefined;
};

/** The compact report that a cancelled run writes to its memo. */
export const toMemoReport = ({ memo }: Pick<WorkflowExecutionDescription, 'memo'>): DecommissionReport | undefined => {
  const report = memo?.[MEMO_REPORT];
  return isReport(report) ? report : undefined;
};

/** Joins a task's report with its nodes' own reports, as far as these can still be read without a worker. */
export const readJoinedReport = async (client: Client, report: DecommissionReport): Promise<DecommissionReport> => {
  const nodes = await Promise.all(
    report.nodes.map(async ({ nodeName, childWorkflowId, childRunId }) => {
      if (childWorkflowId === undefined) return undefined;
      const result = await readChildResult(client, childWorkflowId, childRunId);
      const own = findNodeReport(nodeName, result);
      return own === undefined ? undefined : ([nodeName, own] as const);
    }),
  );
  return joinReport(report, new Map(nodes.filter((entry) => entry !== undefined)));
};

/** Undefined while it is running: a parked node has no result until an operator resumes it. */
const readChildResult = async (client: Client, workflowId: string, runId: string | undefined): Promise<unknown> => {
  const handle = client.workflow.getHandle(workflowId, runId);
  try {
    const { status } = await handle.describe();
    return status.name === 'RUNNING' ? undefined : await handle.result();
  } catch {
    return undefined; // Terminated, or past its retention: the task's own report has what is known.
  }
};

const isReport = (value: unknown): value is DecommissionReport =>
  typeof value === 'object' && value !== null && 'outcome' in value && 'nodes' in value && 'taskId' in value;

const toEnding = (cause: unknown): string => {
  if (cause instanceof TerminatedFailure) return `was terminated (${cause.message})`;
  if (cause instanceof CancelledFailure) return 'was cancelled without writing one';
  if (cause instanceof ApplicationFailure) return `failed: ${cause.message}`;
  return `ended ${cause instanceof Error ? `with: ${cause.message}` : 'for an unknown reason'}`;
};

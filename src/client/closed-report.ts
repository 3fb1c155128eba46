import type { Client, WorkflowExecutionDescription } from '@temporalio/client';
import { ApplicationFailure, CancelledFailure, TerminatedFailure, WorkflowFailedError } from '@temporalio/client';
import type { DecommissionReport, NodeReport } from '../domain/run/report.ts';
import { isTaskIdentity } from '../domain/run/task-identity.ts';
import { MEMO_REPORT, MEMO_TASK } from '../workflows/messages.ts';
import { findNodeReport } from '../domain/run/find-node-report.ts';
import { toNodeName } from '../domain/run/workflow-ids.ts';
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
    const report = await toReport(client, workflowId, runId, result);
    if (report) return report;
    throw new NoReportError(workflowId, 'returned a result that is not a report');
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw error;
    const { cause } = error;
    const left =
      cause instanceof CancelledFailure
        ? (await readLastOfChain(client, workflowId, runId)).memo?.[MEMO_REPORT]
        : toDetail(cause);
    const report = await toReport(client, workflowId, runId, left);
    if (report) return report;
    throw new NoReportError(workflowId, toEnding(cause));
  }
};

/** What a workflow left as a report of a task. A node's own workflow, which a task has started, leaves that of its node only. */
const toReport = async (
  client: Client,
  workflowId: string,
  runId: string | undefined,
  left: unknown,
): Promise<DecommissionReport | undefined> => {
  if (isReport(left)) return left;
  const node = findNodeReport(toNodeName(workflowId) ?? '', left);
  return node === undefined ? undefined : toReportOfNode(await readLastOfChain(client, workflowId, runId), node);
};

/** Without what only the task knows. */
const toReportOfNode = (
  { workflowId, startTime, closeTime, memo }: WorkflowExecutionDescription,
  node: NodeReport,
): DecommissionReport => {
  const task = memo?.[MEMO_TASK];
  return {
    version: 1,
    taskId: isTaskIdentity(task) ? task.taskId : '',
    cluster: workflowId.split('/').at(1) ?? '',
    outcome: node.outcome,
    startedAt: startTime.toISOString(),
    endedAt: (closeTime ?? startTime).toISOString(),
    message: `node ${node.nodeName}: ${node.failure?.message ?? node.outcome}`,
    nodes: [node],
    undo: [],
    ...(node.failure === undefined ? {} : { failure: node.failure }),
  };
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

/** The first detail of a workflow's failure, where a run leaves its report. */
const toDetail = (cause: unknown): unknown => (cause instanceof ApplicationFailure ? cause.details?.[0] : undefined);

/** Joins a task's report with its nodes' own reports, as far as these can still be read without a worker. */
export const readJoinedReport = async (client: Client, report: DecommissionReport): Promise<DecommissionReport> => {
  const nodes = await Promise.all(
    report.nodes.map(async ({ nodeName, childWorkflowId, childRunId }) => {
      if (childWorkflowId === undefined) return undefined;
      const own = findNodeReport(nodeName, await readLeftByChild(client, childWorkflowId, childRunId));
      return own === undefined ? undefined : ([nodeName, own] as const);
    }),
  );
  return joinReport(report, new Map(nodes.filter((entry) => entry !== undefined)));
};

/** Undefined while it is running: a parked node has no report until an operator resumes it. */
const readLeftByChild = async (client: Client, workflowId: string, runId: string | undefined): Promise<unknown> => {
  const handle = client.workflow.getHandle(workflowId, runId);
  try {
    const { status, memo } = await readLastOfChain(client, workflowId, runId);
    if (status.name === 'RUNNING') return undefined;
    return status.name === 'CANCELLED' ? memo?.[MEMO_REPORT] : await handle.result();
  } catch (error) {
    // Terminated, or past its retention: the task's own report has what is known.
    return error instanceof WorkflowFailedError ? toDetail(error.cause) : undefined;
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

import type { Client, WorkflowExecutionInfo } from '@temporalio/client';
import { WorkflowNotFoundError } from '@temporalio/client';
import { defineSearchAttributeKey } from '@temporalio/common';
import pMap from 'p-map';
import type { Outcome } from '../domain/run/report.ts';
import type { SearchAttributeName } from '../domain/run/search-attributes.ts';
import type { RunStatus } from '../domain/run/status.ts';
import { parseTaskWorkflowId } from '../domain/run/workflow-ids.ts';
import { DECOMMISSION_NODE, DECOMMISSION_NODES, statusQuery } from '../workflows/messages.ts';
import { readClosedReport } from './closed-report.ts';
import { NoReportError } from './decommission-error.ts';
import { toNodeNamesLine } from './start/request-input.ts';
import { MEMO_NODE_NAMES } from './start/start-memo.ts';
import { readQueueWorkers } from './queue-workers.ts';

const QUERY_DEADLINE_MILLISECONDS = 3000;
const CONCURRENT_READS = 50;

/** Which decommissions are listed. */
export interface ListOptions {
  /** Default `all`. */
  readonly state?: 'running' | 'closed' | 'all';
  /** At least 1, default 50. */
  readonly limit?: number;
}

/** One decommission of a list: what Temporal knows of it without a worker, and its phase if a worker answers. */
export interface ListedDecommission {
  readonly workflowId: string;
  readonly runId: string;
  /** Absent when another client started it under another form of workflow id. */
  readonly cluster?: string;
  readonly taskId?: string;
  readonly dryRun: boolean;
  /** The status in Temporal. */
  readonly state: 'Running' | 'Completed' | 'Failed' | 'Canceled' | 'Terminated' | 'TimedOut' | 'Unknown';
  /** Of a running one; absent when no worker responded within 3 s. */
  readonly phase?: RunStatus['phase'];
  /** Of a closed one that has a report. */
  readonly outcome?: Outcome;
  /** Empty when nothing has them: no memo, attribute or report, and no worker responded within 3 s. */
  readonly nodeNames: string;
  /** RFC 3339. */
  readonly startedAt: string;
  readonly closedAt?: string;
}

const STATES: Readonly<Record<string, ListedDecommission['state']>> = {
  RUNNING: 'Running',
  COMPLETED: 'Completed',
  FAILED: 'Failed',
  CANCELLED: 'Canceled',
  TERMINATED: 'Terminated',
  TIMED_OUT: 'TimedOut',
};

/** Closed by the workflow itself. */
const BY_ITSELF: readonly ListedDecommission['state'][] = ['Completed', 'Failed', 'Canceled'];

/** Decommissions of the namespace, newest first. The list comes from visibility, which lags by about a second. */
export const listDecommissions = async (
  client: Client,
  { state = 'all', limit = 50 }: ListOptions = {},
): Promise<readonly ListedDecommission[]> => {
  const infos: WorkflowExecutionInfo[] = [];
  for await (const info of client.workflow.list({ query: toVisibilityQuery(state) })) {
    // The nodes of a task are its children; a node's workflow that was started directly has no parent.
    if (info.parentExecution === undefined) infos.push(info);
  }
  const newest = infos.sort((one, other) => other.startTime.getTime() - one.startTime.getTime()).slice(0, limit);
  const needsQuery = (info: WorkflowExecutionInfo): boolean =>
    isRunning(info) && (readAttribute(info, 'DecommissionPhase') === undefined || readNames(info) === undefined);
  const hasWorker = newest.some(needsQuery) && (await readQueueWorkers(client)).workers.length > 0;
  const toItem = async (info: WorkflowExecutionInfo): Promise<ListedDecommission> => ({
    ...(await toListed(client, info)),
    ...(hasWorker && needsQuery(info) ? await readPresent(client, info) : {}),
  });
  return await pMap(newest, toItem, { concurrency: CONCURRENT_READS });
};

/** Undefined where the attribute was not registered when the run began. */
const readAttribute = (
  { typedSearchAttributes }: WorkflowExecutionInfo,
  name: SearchAttributeName,
): string | undefined => typedSearchAttributes.get(defineSearchAttributeKey(name, 'KEYWORD'));

const isRunning = ({ status }: WorkflowExecutionInfo): boolean => status.name === 'RUNNING';

/** Of our client's memo; else of the attribute, which only a run of one node has. */
const readNames = (info: WorkflowExecutionInfo): string | undefined => {
  const named = info.memo?.[MEMO_NODE_NAMES];
  return typeof named === 'string' ? named : readAttribute(info, 'DecommissionNode');
};

/** Both are optional: a workflow that does not respond must not prevent the list. */
const readPresent = async (
  client: Client,
  info: WorkflowExecutionInfo,
): Promise<Partial<Pick<ListedDecommission, 'phase' | 'nodeNames'>>> => {
  try {
    const query = (): Promise<RunStatus> => client.workflow.getHandle(info.workflowId, info.runId).query(statusQuery);
    const { phase, nodes } = await client.withDeadline(Date.now() + QUERY_DEADLINE_MILLISECONDS, query);
    return { phase, nodeNames: readNames(info) ?? toNodeNamesLine(nodes.map(({ nodeName }) => nodeName)) };
  } catch {
    return {};
  }
};

/** Leaves out runs that continued as new. */
export const toVisibilityQuery = (state: 'running' | 'closed' | 'all'): string => {
  const type = `WorkflowType IN ('${DECOMMISSION_NODES}', '${DECOMMISSION_NODE}')`;
  if (state === 'running') return `${type} AND ExecutionStatus = 'Running'`;
  if (state === 'closed') return `${type} AND ExecutionStatus != 'Running' AND ExecutionStatus != 'ContinuedAsNew'`;
  return `${type} AND ExecutionStatus != 'ContinuedAsNew'`;
};

const toListed = async (client: Client, info: WorkflowExecutionInfo): Promise<ListedDecommission> => {
  const state = STATES[info.status.name] ?? 'Unknown';
  const nodeNames = readNames(info);
  const phase = readAttribute(info, 'DecommissionPhase') as RunStatus['phase'] | undefined;
  return {
    workflowId: info.workflowId,
    runId: info.runId,
    dryRun: false,
    ...parseTaskWorkflowId(info.workflowId),
    state,
    ...(state === 'Running' && phase !== undefined ? { phase } : {}),
    ...(await readEnd(client, info, state)),
    ...(nodeNames === undefined ? {} : { nodeNames }),
    startedAt: info.startTime.toISOString(),
    ...(info.closeTime === undefined ? {} : { closedAt: info.closeTime.toISOString() }),
  };
};

/** From the attributes and the memo if they have both, else from the report. */
const readEnd = async (
  client: Client,
  info: WorkflowExecutionInfo,
  state: ListedDecommission['state'],
): Promise<Pick<ListedDecommission, 'outcome' | 'nodeNames'>> => {
  if (state === 'Running' || state === 'Unknown') return { nodeNames: '' };
  // A terminated run has that of its last moment, e.g. NeedsOperator.
  const outcome = BY_ITSELF.includes(state) ? readAttribute(info, 'DecommissionOutcome') : undefined;
  if (outcome !== undefined && readNames(info) !== undefined) {
    return { outcome: outcome as Outcome, nodeNames: '' };
  }
  const report = await readClosedReport(client, info.workflowId, info.runId).catch(toNothing);
  if (report === undefined) return { nodeNames: '' };
  return { outcome: report.outcome, nodeNames: toNodeNamesLine(report.nodes.map(({ nodeName }) => nodeName)) };
};

/** Visibility may still list a run whose history is past its retention period. */
const toNothing = (error: unknown): undefined => {
  if (error instanceof NoReportError || error instanceof WorkflowNotFoundError) return undefined;
  throw error;
};

import {
  ApplicationFailure,
  CancellationScope,
  ChildWorkflowCancellationType,
  ChildWorkflowFailure,
  getExternalWorkflowHandle,
  ParentClosePolicy,
  startChild,
} from '@temporalio/workflow';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import type { NodeWorkflowInput } from '../../domain/run/context.ts';
import { findNodeReport } from '../../domain/run/find-node-report.ts';
import { MEMO_TASK } from '../../domain/run/memo-keys.ts';
import type { Attribution } from '../../domain/run/status.ts';
import { withoutLists, type FailureReport, type NodeReport } from '../../domain/run/report.ts';
import { toNodeWorkflowId } from '../../domain/run/workflow-ids.ts';
import type { decommissionNode } from '../decommission-node.ts';
import { DECOMMISSION_NODE, pauseNodeSignal, resumeNodeSignal } from '../messages.ts';
import { pollingActivities } from '../runtime/activity-options.ts';
import { definedFields } from '../runtime/defined-fields.ts';
import { toFailureReport } from '../runtime/failure-report.ts';
import { toEndOfLostChild } from './lost-child.ts';
import type { StartedChild } from './fleet-state.ts';
import type { NodeExecution } from './node-execution.ts';
import type { TaskState } from './task-state.ts';

/**
 * Runs the node's own workflow to its end and returns its report. A workflow that an earlier run of this task has started, before it was
 * reset or terminated, is adopted: it may be past its point of no return.
 *
 * @throws CancelledFailure
 * @throws a defect: see `throwDefect`.
 */
export const runNodeWorkflow: NodeExecution['sendNode'] = async (state, input) => {
  try {
    return await runChild(state, input);
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    return await adopt(state, input);
  }
};

const runChild = async (state: TaskState, input: NodeWorkflowInput): Promise<NodeReport> => {
  const { nodeName } = input.node;
  const { taskId } = input.task.request;
  const workflowId = toWorkflowId(input);
  try {
    const child = await startChild<typeof decommissionNode>(DECOMMISSION_NODE, {
      workflowId,
      args: [input],
      memo: { [MEMO_TASK]: { taskId, fingerprint: input.task.fingerprint } },
      staticSummary: `decommission node ${nodeName}`,
      cancellationType: ChildWorkflowCancellationType.WAIT_CANCELLATION_COMPLETED,
      // When the task is terminated, the child must undo its changes and report.
      parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
    });
    const started = { nodeName, workflowId, runId: child.firstExecutionRunId };
    state.fleet.setChild(started);
    await passOnPause(state, started);
    const report = (await child.result()) as NodeReport;
    return toOwnReport(report, workflowId, child.firstExecutionRunId);
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) throw error;
    const failure = toFailureReport(error);
    const runId = state.fleet.childOf(nodeName)?.runId;
    const left =
      failure.type === 'Cancelled' ? state.fleet.closedReportOf(nodeName) : readFailedReport(error, nodeName);
    if (left && runId !== undefined) return toOwnReport(left, workflowId, runId);
    if (failure.type === 'Cancelled') throw error;
    return await toLostReport(state, input, failure, runId);
  }
};

/** In the details of the failure with which the child has closed. */
const readFailedReport = (error: unknown, nodeName: string): NodeReport | undefined => {
  const cause = error instanceof ChildWorkflowFailure ? error.cause : undefined;
  return cause instanceof ApplicationFailure ? findNodeReport(nodeName, cause.details?.[0]) : undefined;
};

/** It is not a child of this run: a cancellation is sent to it explicitly, and its end is awaited. */
const adopt = async (state: TaskState, input: NodeWorkflowInput): Promise<NodeReport> => {
  const { nodeName } = input.node;
  const workflowId = toWorkflowId(input);
  const adopted = { nodeName, workflowId };
  state.fleet.setChild(adopted);
  state.setMessage(`waiting for the workflow of node ${nodeName}, which an earlier run of this task has started`);
  CancellationScope.current().cancelRequested.catch(() => {
    if (state.fleet.childOf(nodeName) === adopted) void cancelNode(workflowId);
  });
  return await CancellationScope.nonCancellable(async () => {
    await passOnPause(state, adopted);
    return await awaitAdopted(state, input, workflowId);
  });
};

const awaitAdopted = async (state: TaskState, input: NodeWorkflowInput, workflowId: string): Promise<NodeReport> => {
  const { fingerprint, request } = input.task;
  try {
    const end = await pollingActivities.awaitNodeWorkflow(workflowId, { taskId: request.taskId, fingerprint });
    if (end.kind === 'foreign') return toBusyReport(state, input);
    if (end.report) return toOwnReport(end.report, workflowId, end.runId);
    return await toLostReport(state, input, { type: 'NoReport', message: 'terminated or timed out' }, end.runId);
  } catch (error) {
    return await toLostReport(state, input, toFailureReport(error), undefined);
  }
};

/** Fails only for a workflow that has closed: its end is read anyway. */
const cancelNode = (workflowId: string): Promise<void> =>
  CancellationScope.nonCancellable(() => getExternalWorkflowHandle(workflowId).cancel()).catch(() => undefined);

const passOnPause = async (state: TaskState, child: StartedChild): Promise<void> => {
  const { paused } = state.gate;
  if (paused) await CancellationScope.nonCancellable(() => notifyChild(state, child, 'pause', paused));
};

/**
 * Passes a pause or resume on to every running node's workflow, whichever run of it is the newest. A message that the server does not deliver
 * is shown by the status, and in the answer of the update; one that has closed does not need it.
 */
export const notifyChildren: NodeExecution['notifyChildren'] = async (state, message, attribution) => {
  const { children } = state.fleet;
  // Another tick would change the order of commands of a recorded task that is parked after its last node.
  if (children.length === 0) return;
  await Promise.all(children.map((child) => notifyChild(state, child, message, attribution)));
};

const notifyChild = async (
  state: TaskState,
  { nodeName, workflowId }: StartedChild,
  message: 'pause' | 'resume',
  { by, reason }: Attribution,
): Promise<void> => {
  const signal = message === 'pause' ? pauseNodeSignal : resumeNodeSignal;
  try {
    await getExternalWorkflowHandle(workflowId).signal(signal, { by, reason });
    state.fleet.setUndelivered(nodeName, '');
  } catch (error) {
    const { type, message: why } = toFailureReport(error);
    if (CLOSED.includes(type)) return;
    const sentence = `The ${message} could not be delivered to node ${nodeName}: ${withFullStop(why)} Send it to the workflow of the node: \`${message} ${workflowId}\`.`;
    if (state.fleet.childOf(nodeName)) state.fleet.setUndelivered(nodeName, sentence);
  } finally {
    state.refresh();
  }
};

/** As the SDK names the server's cause. */
const CLOSED: readonly string[] = ['ExternalWorkflowExecutionNotFound'];

const withFullStop = (text: string): string => (text.endsWith('.') ? text : `${text}.`);

const toWorkflowId = ({ task, node }: NodeWorkflowInput): string =>
  toNodeWorkflowId(task.request.cluster, node.nodeName);

/** Its lists stay in the child's report: together they could exceed the size limit of a result. */
const toOwnReport = (report: NodeReport, childWorkflowId: string, childRunId: string): NodeReport => ({
  ...withoutLists(report),
  childWorkflowId,
  childRunId,
});

const toBusyReport = (state: TaskState, input: NodeWorkflowInput): NodeReport => {
  const message = `workflow ${toWorkflowId(input)} is already running, so another task is decommissioning node ${input.node.nodeName}. Wait for it or cancel it.`;
  return { ...toEmptyReport(state, input), outcome: 'Refused', failure: { type: 'NodeBusy', message } };
};

const toLostReport = async (
  state: TaskState,
  input: NodeWorkflowInput,
  failure: FailureReport,
  childRunId: string | undefined,
): Promise<NodeReport> => ({
  ...toEmptyReport(state, input),
  ...(await toEndOfLostChild(input, failure)),
  childWorkflowId: toWorkflowId(input),
  ...definedFields({ childRunId }),
});

const toEmptyReport = (state: TaskState, { node }: NodeWorkflowInput): Omit<NodeReport, 'outcome'> => ({
  nodeName: node.nodeName,
  nodeUid: node.nodeUid,
  steps: state.stepsOf(node.nodeName),
  pods: [],
  undo: [],
  notes: [],
});

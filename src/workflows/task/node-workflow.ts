import {
  ApplicationFailure,
  CancellationScope,
  CancelledFailure,
  ChildWorkflowFailure,
  getExternalWorkflowHandle,
  ParentClosePolicy,
  startChild,
  type ChildWorkflowHandle,
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

/** Waits again for a node's workflow that an earlier run of this task has started, before the task continued as new. */
export const attachNodeWorkflow: NodeExecution['attachNode'] = (state, input) =>
  awaitElsewhere(state, input, { type: 'NoReport', message: 'terminated or timed out' });

/** Not cancelled with the task by the SDK, which sends that to the first run of a workflow that has continued as new since. */
const runChild = async (state: TaskState, input: NodeWorkflowInput): Promise<NodeReport> => {
  const { nodeName } = input.node;
  const scope = CancellationScope.current();
  if (scope.consideredCancelled) throw new CancelledFailure('cancelled');
  try {
    return await CancellationScope.nonCancellable(async () => {
      const child = await startNode(input);
      const started = { nodeName, workflowId: child.workflowId, runId: child.firstExecutionRunId };
      state.fleet.setChild(started);
      cancelWith(scope, state, started);
      await passOnPause(state, started);
      state.fleet.attach(nodeName);
      const report = (await child.result()) as NodeReport;
      return toOwnReport(report, started.workflowId, started.runId);
    });
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) throw error;
    state.fleet.detach(nodeName);
    return await toEndOfChild(state, input, error);
  }
};

const startNode = (input: NodeWorkflowInput): Promise<ChildWorkflowHandle<typeof decommissionNode>> =>
  startChild<typeof decommissionNode>(DECOMMISSION_NODE, {
    workflowId: toWorkflowId(input),
    args: [input],
    memo: { [MEMO_TASK]: { taskId: input.task.request.taskId, fingerprint: input.task.fingerprint } },
    staticSummary: `decommission node ${input.node.nodeName}`,
    // Any other policy cancels or terminates it when the task continues as new. One whose task was terminated stops by itself (ADR 23).
    parentClosePolicy: ParentClosePolicy.ABANDON,
  });

const toEndOfChild = async (state: TaskState, input: NodeWorkflowInput, error: unknown): Promise<NodeReport> => {
  const { nodeName } = input.node;
  const failure = toFailureReport(error);
  const started = state.fleet.childOf(nodeName);
  if (started?.runId === undefined) return await toLostReport(state, input, failure, undefined);
  const left = failure.type === 'Cancelled' ? state.fleet.closedReportOf(nodeName) : readFailedReport(error, nodeName);
  if (left) return toOwnReport(left, started.workflowId, started.runId);
  // It may have been reset: then another run of it continues.
  return await awaitElsewhere(state, input, failure);
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
  await CancellationScope.nonCancellable(() => passOnPause(state, adopted));
  return await awaitElsewhere(state, input, { type: 'NoReport', message: 'terminated or timed out' });
};

/**
 * Waits for a node's workflow whose end the server does not report to this run. A cancellation of the task is sent to it explicitly, and
 * its end is awaited. `failure`: how it ended if it left no report.
 */
const awaitElsewhere = (state: TaskState, input: NodeWorkflowInput, failure: FailureReport): Promise<NodeReport> => {
  const { nodeName } = input.node;
  const child = state.fleet.childOf(nodeName);
  if (child) cancelWith(CancellationScope.current(), state, child);
  return CancellationScope.nonCancellable(() => readEnd(state, input, failure));
};

const readEnd = async (state: TaskState, input: NodeWorkflowInput, failure: FailureReport): Promise<NodeReport> => {
  const { node, task } = input;
  const { fingerprint, request } = task;
  const workflowId = toWorkflowId(input);
  const started = state.fleet.childOf(node.nodeName);
  state.fleet.attach(node.nodeName);
  try {
    const end = await pollingActivities.awaitNodeWorkflow(workflowId, { taskId: request.taskId, fingerprint });
    state.fleet.detach(node.nodeName);
    if (end.kind === 'foreign') {
      // Another task runs that node now: its own workflow has closed before.
      return started?.runId ? await toLostReport(state, input, failure, started.runId) : toBusyReport(state, input);
    }
    const runId = started?.runId ?? end.runId;
    if (end.report) return toOwnReport(end.report, workflowId, runId);
    return await toLostReport(state, input, failure, runId);
  } catch (error) {
    state.fleet.detach(node.nodeName);
    return await toLostReport(state, input, toFailureReport(error), undefined);
  }
};

/** A cancellation of the task is sent to the workflow of this node, whichever run of it is the newest. */
const cancelWith = (scope: CancellationScope, state: TaskState, child: StartedChild): void => {
  scope.cancelRequested.catch(() => {
    if (state.fleet.childOf(child.nodeName) === child) void cancelNode(child.workflowId);
  });
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

import {
  CancellationScope,
  ChildWorkflowCancellationType,
  continueAsNew,
  getExternalWorkflowHandle,
  ParentClosePolicy,
  setHandler,
  startChild,
  workflowInfo,
} from '@temporalio/workflow';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { toNodeWorkflowId } from '../domain/run/workflow-ids.ts';
import { withoutLists, type DecommissionReport, type NodeReport } from '../domain/run/report.ts';
import type { NodeWorkflowInput } from '../domain/run/context.ts';
import { awaitHandlers, closeWorkflow } from './runtime/close-workflow.ts';
import { decommissionNode } from './decommission-node.ts';
import { toFailureReport } from './runtime/failure-report.ts';
import { toEndOfLostChild } from './task/lost-child.ts';
import { nodeParkedSignal, pauseNodeSignal, resumeNodeSignal } from './messages.ts';
import { runTask, type NodeExecution } from './task/run-task.ts';
import { TaskState, type ContinuedTask } from './task/task-state.ts';

/**
 * A task: prepares all its nodes, then decommissions one after another, each in a child `decommissionNode`.
 * Takes exactly one argument, the request as JSON. Closes as described at `closeWorkflow`.
 */
export const decommissionNodes = async (...input: unknown[]): Promise<DecommissionReport> => {
  const [first] = input;
  const state = new TaskState(isContinued(first) ? first : undefined);
  setHandler(nodeParkedSignal, (parked: unknown) => {
    receiveParked(state, parked);
  });
  const report = await runTask(state, input, asChildren);
  await awaitHandlers();
  return closeWorkflow(report);
};

/**
 * Typed input cannot bypass preflight: only the server sets which run was continued, and the caller cannot know the id of the chain's first
 * run, which the task has written into its lock (a cron schedule continues typed input, too).
 */
const isContinued = (input: unknown): input is ContinuedTask => {
  const { continuedFromExecutionRunId, firstExecutionRunId } = workflowInfo();
  const typed = input as { kind?: unknown; task?: { context?: { holder?: { firstExecutionRunId?: unknown } } } } | null;
  return (
    continuedFromExecutionRunId !== undefined &&
    typed?.kind === 'continuedTask' &&
    typed.task?.context?.holder?.firstExecutionRunId === firstExecutionRunId
  );
};

/** Any client can send this signal: it is accepted only for the running child. */
const receiveParked = (state: TaskState, parked: unknown): void => {
  const { nodeName, message, note } = (parked ?? {}) as Partial<Record<string, unknown>>;
  if (typeof message !== 'string' || !state.child || nodeName !== state.child.nodeName) return;
  state.parkedMessage = message
    ? `node ${state.child.nodeName} is waiting for an operator: ${message} Then \`resume\` the run.${typeof note === 'string' ? ` ${note}` : ''}`
    : '';
  state.refresh();
};

const sendChild = async (state: TaskState, input: NodeWorkflowInput): Promise<NodeReport> => {
  const { nodeName, nodeUid } = input.node;
  const workflowId = toNodeWorkflowId(input.task.request.cluster, nodeName);
  const ends = { nodeName, nodeUid, steps: state.stepsOf(nodeName), pods: [], undo: [], notes: [] };
  try {
    const child = await startChild(decommissionNode, {
      workflowId,
      args: [input],
      staticSummary: `decommission node ${nodeName}`,
      cancellationType: ChildWorkflowCancellationType.WAIT_CANCELLATION_COMPLETED,
      // When the task is terminated, the child must undo its changes and report.
      parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
    });
    state.child = { nodeName, workflowId, runId: child.firstExecutionRunId };
    const { paused } = state.gate;
    if (paused) await CancellationScope.nonCancellable(() => notifyChild(state, 'pause', paused));
    const report = (await child.result()) as NodeReport;
    // Its lists stay in the child's report: together they could exceed the size limit of a result.
    return { ...withoutLists(report), childWorkflowId: workflowId, childRunId: child.firstExecutionRunId };
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) {
      const message = `workflow ${workflowId} is already running, so another task is decommissioning node ${nodeName}. Wait for it or cancel it.`;
      return { ...ends, outcome: 'Refused', failure: { type: 'NodeBusy', message } };
    }
    const failure = toFailureReport(error);
    if (failure.type === 'Cancelled') throw error;
    const childRunId = state.child?.runId;
    return {
      ...ends,
      ...(await toEndOfLostChild(input, failure)),
      childWorkflowId: workflowId,
      ...(childRunId === undefined ? {} : { childRunId }),
    };
  } finally {
    state.child = undefined;
    state.parkedMessage = '';
  }
};

/** Failures are ignored: a child that has just closed does not need the signal. */
const notifyChild: NodeExecution['notifyChild'] = async (state, message, attribution) => {
  if (!state.child) return;
  const handle = getExternalWorkflowHandle(state.child.workflowId);
  const signal = message === 'pause' ? pauseNodeSignal : resumeNodeSignal;
  await handle.signal(signal, { by: attribution.by, reason: attribution.reason }).catch(() => undefined);
};

const asChildren: NodeExecution = {
  oneNodeOnly: false,
  sendNode: sendChild,
  notifyChild,
  continueAsNewIfSuggested: async (state) => {
    if (!workflowInfo().continueAsNewSuggested) return;
    await awaitHandlers();
    // A cancellation is not carried over to the next run: this run must process it.
    if (CancellationScope.current().consideredCancelled) return;
    await continueAsNew<typeof decommissionNodes>(state.toContinued());
  },
};

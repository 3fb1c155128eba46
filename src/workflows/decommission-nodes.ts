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
import type { DecommissionReport, NodeReport } from '../domain/run/report.ts';
import type { NodeWorkflowInput } from '../domain/run/context.ts';
import { awaitHandlers, closeWorkflow } from './runtime/close-workflow.ts';
import { decommissionNode } from './decommission-node.ts';
import { toFailureReport } from './runtime/failure-report.ts';
import { toEndOfLostChild } from './task/lost-child.ts';
import { nodeParkedSignal, pauseNodeSignal, resumeNodeSignal } from './messages.ts';
import { runTask, type NodeExecution } from './task/run-task.ts';
import { TaskState, type ContinuedTask } from './task/task-state.ts';

/**
 * A task: prepares all its nodes, then takes one after another out of service, each in a child `decommissionNode`.
 * Takes exactly one argument, the request as JSON. Closes as `closeWorkflow` says.
 */
export const decommissionNodes = async (...input: unknown[]): Promise<DecommissionReport> => {
  const [first] = input;
  const state = new TaskState(isContinued(first) ? first : undefined);
  setHandler(nodeParkedSignal, (parked: unknown) => {
    takeParked(state, parked);
  });
  const report = await runTask(state, input, asChildren);
  await awaitHandlers();
  return closeWorkflow(report);
};

/**
 * Nobody can type themselves past preflight: only the server says which run was continued, and the id of the chain's first run, which
 * the task has written into its lock, is not known to whoever starts it (a cron schedule continues a typed input, too).
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

/** Anybody can send the signal: only the child that is on its way is believed. */
const takeParked = (state: TaskState, parked: unknown): void => {
  const { nodeName, message } = (parked ?? {}) as Partial<Record<string, unknown>>;
  if (typeof message !== 'string' || !state.child || nodeName !== state.child.nodeName) return;
  state.parkedMessage = message ? `node ${state.child.nodeName} needs a person: ${message} Then \`resume\`.` : '';
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
      // A terminated task must not leave its node half way without a word: the child puts it back.
      parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
    });
    state.child = { nodeName, workflowId, runId: child.firstExecutionRunId };
    const { paused } = state.gate;
    if (paused) await CancellationScope.nonCancellable(() => notifyChild(state, 'pause', paused));
    const report = (await child.result()) as NodeReport;
    // The pods stay in the child's report: all of them together could exceed what a result may hold.
    return { ...report, pods: [], childWorkflowId: workflowId, childRunId: child.firstExecutionRunId };
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) {
      const message = `workflow ${workflowId} is running already, so somebody else decommissions node ${nodeName}. Wait for it or cancel it.`;
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

/** A child that has just ended cannot hear it, and does not need to. */
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
  takeBreak: async (state) => {
    if (!workflowInfo().continueAsNewSuggested) return;
    await awaitHandlers();
    // A cancel stays with the run that it was sent to: it is obeyed here, not left behind.
    if (CancellationScope.current().consideredCancelled) return;
    await continueAsNew<typeof decommissionNodes>(state.toContinued());
  },
};

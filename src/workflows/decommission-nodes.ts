import {
  allHandlersFinished,
  ChildWorkflowCancellationType,
  condition,
  continueAsNew,
  getExternalWorkflowHandle,
  ParentClosePolicy,
  setHandler,
  startChild,
  workflowInfo,
} from '@temporalio/workflow';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { toNodeWorkflowId } from '../domain/names.ts';
import type { DecommissionReport, NodeReport } from '../domain/report.ts';
import type { NodeOrder } from '../domain/task-context.ts';
import { closeWorkflow } from './close-workflow.ts';
import { decommissionNode } from './decommission-node.ts';
import { toFailureReport } from './failure-report.ts';
import { nodeParkedSignal, pauseNodeSignal, resumeNodeSignal } from './messages.ts';
import { runTask, type TaskManner } from './run-task.ts';
import { TaskRun, type ContinuedTask } from './task-run.ts';

/**
 * A task: prepares all its nodes, then takes one after another out of service, each in a child `decommissionNode`.
 * Takes exactly one argument, the request as JSON. Closes as `closeWorkflow` says.
 */
export const decommissionNodes = async (input?: unknown): Promise<DecommissionReport> => {
  const run = new TaskRun(isContinued(input) ? input : undefined);
  setHandler(nodeParkedSignal, ({ nodeName, message }) => {
    run.parkedMessage = message ? `node ${nodeName} needs a person: ${message} Then \`resume\`.` : '';
    run.refresh();
  });
  const report = await runTask(run, input, asChildren);
  await condition(allHandlersFinished);
  return closeWorkflow(report);
};

/** Only the server sets the run that was continued, so nobody can type themselves past preflight. */
const isContinued = (input: unknown): input is ContinuedTask =>
  workflowInfo().continuedFromExecutionRunId !== undefined &&
  (input as ContinuedTask | undefined)?.kind === 'continuedTask';

const sendChild = async (run: TaskRun, order: NodeOrder): Promise<NodeReport> => {
  const { nodeName, nodeUid } = order.node;
  const workflowId = toNodeWorkflowId(order.task.request.cluster, nodeName);
  const ends = { nodeName, nodeUid, steps: run.stepsOf(nodeName), pods: [], undo: [], notes: [] };
  try {
    const child = await startChild(decommissionNode, {
      workflowId,
      args: [order],
      staticSummary: `decommission node ${nodeName}`,
      cancellationType: ChildWorkflowCancellationType.WAIT_CANCELLATION_COMPLETED,
      // A terminated task must not leave its node half way without a word: the child puts it back.
      parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
    });
    run.child = { nodeName, workflowId, runId: child.firstExecutionRunId };
    if (run.gate.paused) await tellChild(run, 'pause', run.gate.paused);
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
    return { ...ends, outcome: 'RolledBack', failure, childWorkflowId: workflowId };
  } finally {
    run.child = undefined;
    run.parkedMessage = '';
  }
};

/** A child that has just ended cannot hear it, and does not need to. */
const tellChild: TaskManner['tellChild'] = async (run, message, attribution) => {
  if (!run.child) return;
  const handle = getExternalWorkflowHandle(run.child.workflowId);
  const signal = message === 'pause' ? pauseNodeSignal : resumeNodeSignal;
  await handle.signal(signal, { by: attribution.by, reason: attribution.reason }).catch(() => undefined);
};

const asChildren: TaskManner = {
  oneNodeOnly: false,
  sendNode: sendChild,
  tellChild,
  takeBreak: async (run) => {
    if (!workflowInfo().continueAsNewSuggested) return;
    await condition(allHandlersFinished);
    await continueAsNew<typeof decommissionNodes>(run.toContinued());
  },
};

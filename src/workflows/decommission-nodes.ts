import { makeContinueAsNewFunc, setHandler, workflowInfo } from '@temporalio/workflow';
import { findNodeReport } from '../domain/run/find-node-report.ts';
import type { DecommissionReport } from '../domain/run/report.ts';
import { isApprovalPoint } from '../domain/steering/steering.ts';
import { awaitHandlers, closeWorkflow } from './runtime/close-workflow.ts';
import {
  MEMO_RUNNING_NODES,
  nodeAwaitsSignal,
  nodeClosedSignal,
  nodeParkedSignal,
  nodePassingSignal,
  steeredSignal,
} from './messages.ts';
import { attachNodeWorkflow, notifyChildren, runNodeWorkflow } from './task/node-workflow.ts';
import type { NodeExecution } from './task/node-execution.ts';
import { runTask } from './task/run-task.ts';
import { judgeForChildren, steerChildren } from './task/steer-task.ts';
import type { ContinuedTask } from './task/continued-task.ts';
import { TaskState } from './task/task-state.ts';

/**
 * A task: prepares all its nodes, then decommissions them, as many at once as the request allows, each in a child `decommissionNode`.
 * Takes exactly one argument, the request as JSON. Closes as described at `closeWorkflow`.
 */
export const decommissionNodes = async (...input: unknown[]): Promise<DecommissionReport> => {
  const [first] = input;
  const state = new TaskState(isContinued(first) ? first : undefined);
  setHandler(nodeParkedSignal, (parked: unknown) => {
    receiveParked(state, parked);
  });
  setHandler(nodeClosedSignal, (report: unknown) => {
    receiveClosed(state, report);
  });
  setHandler(nodeAwaitsSignal, (sent: unknown) => {
    receiveAwaits(state, sent);
  });
  setHandler(steeredSignal, (sent: unknown) => {
    receiveAnswer(state, sent);
  });
  // Its delivery is all that the node needs.
  setHandler(nodePassingSignal, () => undefined);
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

/** Any client can send this signal: it is accepted only for a running child. */
const receiveParked = (state: TaskState, parked: unknown): void => {
  const { nodeName, message, note } = (parked ?? {}) as Partial<Record<string, unknown>>;
  if (typeof message !== 'string' || typeof nodeName !== 'string' || !state.fleet.childOf(nodeName)) return;
  if (message === '') state.fleet.resume(nodeName);
  else
    state.fleet.park(
      nodeName,
      `node ${nodeName} is waiting for an operator: ${message} Then \`resume\` the run.${typeof note === 'string' ? ` ${note}` : ''}`,
    );
  state.refresh();
};

/** The same for this one: it is used only when the server reports that the child has closed as cancelled. */
const receiveClosed = (state: TaskState, sent: unknown): void => {
  for (const { nodeName } of state.fleet.children) {
    const report = findNodeReport(nodeName, sent);
    if (report) state.fleet.setClosedReport(report);
  }
};

/** Any client can send it. */
const receiveAwaits = (state: TaskState, sent: unknown): void => {
  const { nodeName, point } = (sent ?? {}) as Partial<Record<string, unknown>>;
  if (typeof nodeName !== 'string' || !state.fleet.childOf(nodeName)) return;
  if (point === '') state.fleet.setAwaiting(nodeName, undefined);
  if (isApprovalPoint(point)) state.fleet.setAwaiting(nodeName, point);
  state.refresh();
};

const receiveAnswer = ({ answers }: TaskState, sent: unknown): void => {
  const { id, refusal } = (sent ?? {}) as Partial<Record<string, unknown>>;
  if (typeof id === 'string' && typeof refusal === 'string' && answers.has(id)) answers.set(id, refusal);
};

const asChildren: NodeExecution = {
  oneNodeOnly: false,
  sendNode: runNodeWorkflow,
  attachNode: attachNodeWorkflow,
  notifyChildren,
  judgeSteering: judgeForChildren,
  steer: steerChildren,
  isContinueAsNewSuggested: () => {
    const { continueAsNewSuggested, targetWorkerDeploymentVersionChanged } = workflowInfo();
    return continueAsNewSuggested || targetWorkerDeploymentVersionChanged;
  },
  continueAsNew: (state) => {
    const running = state.fleet.children.map(({ workflowId }) => workflowId);
    const memo = { ...workflowInfo().memo, [MEMO_RUNNING_NODES]: running };
    // The workflows of its nodes stay on the version to which they are pinned. Without versions it has no effect.
    const initialVersioningBehavior = 'AUTO_UPGRADE';
    return makeContinueAsNewFunc<typeof decommissionNodes>({ memo, initialVersioningBehavior })(state.toContinued());
  },
};

import { setHandler, workflowInfo } from '@temporalio/workflow';
import type { DecommissionReport, NodeReport } from '../domain/run/report.ts';
import { isAttribution } from '../domain/run/attribution.ts';
import type { RunStatus } from '../domain/run/status.ts';
import type { NodeWorkflowInput } from '../domain/run/context.ts';
import { awaitHandlers, closeNodeWorkflow, closeWorkflow } from './runtime/close-workflow.ts';
import { definedFields } from './runtime/defined-fields.ts';
import {
  drainProgressSignal,
  pauseNodeSignal,
  pauseUpdate,
  planQuery,
  resumeNodeSignal,
  resumeUpdate,
  statusQuery,
} from './messages.ts';
import { NodeState } from './node/node-state.ts';
import { applySteering, installNodeSteering, judgeSteering } from './node/steer-node.ts';
import { storeReport } from './runtime/store-report.ts';
import { PauseGate, validateAttribution } from './runtime/pause-gate.ts';
import { showStatus } from './runtime/show-status.ts';
import type { NodeExecution } from './task/node-execution.ts';
import { runTask } from './task/run-task.ts';
import { TaskState } from './task/task-state.ts';
import { walkNode } from './node/walk-node.ts';

/**
 * One node. As a child of a task: takes a NodeWorkflowInput, and closes as described at `closeNodeWorkflow`. Started directly: takes a
 * request with one node name, also runs the task's steps, and closes as described at `closeWorkflow`.
 */
export const decommissionNode = async (...input: unknown[]): Promise<NodeReport | DecommissionReport> => {
  const [argument] = input;
  if (isNodeWorkflowInput(argument)) return await walkForTask(argument);
  const report = await runTask(new TaskState(), input, inline);
  await awaitHandlers();
  return closeWorkflow(report);
};

/** Requires a parent, which only a task can be: typed input cannot bypass preflight. */
const isNodeWorkflowInput = (input: unknown): input is NodeWorkflowInput =>
  workflowInfo().parent !== undefined && (input as Partial<NodeWorkflowInput> | null | undefined)?.kind === 'nodeOrder';

const walkForTask = async (input: NodeWorkflowInput): Promise<NodeReport> => {
  const refresh = (): void => {
    showStatus(toStatus(), state.drainProgress, input.task.searchAttributes);
  };
  const gate = new PauseGate(() => {
    refresh();
  }, input.continued?.paused);
  const state = new NodeState(input, gate, () => {
    refresh();
  });
  const toStatus = (): RunStatus => {
    const { paused } = gate;
    const isPaused = paused !== undefined && state.phase === 'Draining';
    return {
      version: 1,
      taskId: input.task.request.taskId,
      cluster: input.task.request.cluster,
      phase: isPaused ? 'Paused' : state.phase,
      message: isPaused ? `paused by ${paused.by}: ${paused.reason}` : state.message,
      startedAt: state.startedAt,
      nodes: [state.toStatus()],
      ...definedFields({
        paused,
        outcome: state.outcome,
        awaitsApproval: state.awaitsApproval,
        opensAt: state.opensAt,
      }),
    };
  };
  setHandler(statusQuery, toStatus, { description: 'Current phase and message, and every pod.' });
  installNodeSteering(state, toStatus);
  setHandler(planQuery, () => null, { description: "Always null; query the node's task for the plan." });
  setHandler(
    pauseUpdate,
    (attribution) => {
      gate.pause(attribution);
      return toStatus();
    },
    { description: 'Sends no further evictions. {"by": "…", "reason": "…"}', validator: validateAttribution },
  );
  setHandler(
    resumeUpdate,
    () => {
      gate.resume();
      return toStatus();
    },
    {
      description: 'Continues after a pause, or resumes a parked run. {"by": "…", "reason": "…"}',
      validator: validateAttribution,
    },
  );
  // A signal cannot be refused, and a handler that throws would block the workflow permanently.
  setHandler(pauseNodeSignal, (attribution: unknown) => {
    if (isAttribution(attribution)) gate.pause(attribution);
  });
  setHandler(resumeNodeSignal, (attribution: unknown) => {
    if (isAttribution(attribution)) gate.resume();
  });
  setHandler(drainProgressSignal, (lines: unknown) => {
    state.setDrainProgress(lines);
  });
  const report = await storeReport(state.input.task, await walkNode(state), state.startedAt);
  await awaitHandlers();
  return await closeNodeWorkflow(report);
};

const NO_RUN_BEFORE = 'the workflow of a node without a task does not continue as new';

const inline: NodeExecution = {
  oneNodeOnly: true,
  sendNode: async (state, input) => {
    const nodeRun = new NodeState(input, state.gate, () => {
      state.refresh();
    });
    state.inlineRun = nodeRun;
    setHandler(drainProgressSignal, (lines: unknown) => {
      nodeRun.setDrainProgress(lines);
    });
    try {
      return await storeReport(input.task, await walkNode(nodeRun), state.startedAt);
    } finally {
      state.inlineRun = undefined;
    }
  },
  notifyChildren: () => Promise.resolve(),
  judgeSteering: ({ inlineRun }, message) =>
    inlineRun ? judgeSteering(inlineRun, message) : 'no node is being decommissioned now.',
  steer: ({ inlineRun }, message) => {
    if (inlineRun) applySteering(inlineRun, message);
    return Promise.resolve('');
  },
  attachNode: () => Promise.reject(new Error(NO_RUN_BEFORE)),
  isContinueAsNewSuggested: () => false,
  continueAsNew: () => Promise.reject(new Error(NO_RUN_BEFORE)),
};

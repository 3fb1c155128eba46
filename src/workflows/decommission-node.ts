import { setCurrentDetails, setHandler, workflowInfo } from '@temporalio/workflow';
import type { DecommissionReport, NodeReport } from '../domain/run/report.ts';
import type { RunStatus } from '../domain/run/status.ts';
import type { NodeOrder } from '../domain/run/context.ts';
import { awaitHandlers, closeWorkflow } from './runtime/close-workflow.ts';
import { toCurrentDetails } from './runtime/current-details.ts';
import { definedFields } from './runtime/defined-fields.ts';
import {
  drainPictureSignal,
  pauseNodeSignal,
  pauseUpdate,
  planQuery,
  resumeNodeSignal,
  resumeUpdate,
  statusQuery,
} from './messages.ts';
import { NodeRun } from './node/node-state.ts';
import { isAttribution, PauseGate, validateAttribution } from './runtime/pause-gate.ts';
import { runTask, type TaskManner } from './task/run-task.ts';
import { TaskRun } from './task/task-state.ts';
import { walkNode } from './node/walk-node.ts';

/**
 * One node. Under a task: takes a NodeOrder and always returns the node's report. By itself: takes a request that names one node,
 * does the task's part too, and closes as `closeWorkflow` says.
 */
export const decommissionNode = async (...input: unknown[]): Promise<NodeReport | DecommissionReport> => {
  const [order] = input;
  if (isOrder(order)) return await walkOrdered(order);
  const report = await runTask(new TaskRun(), input, inline);
  await awaitHandlers();
  return closeWorkflow(report);
};

/** Only a task can be the parent, so nobody can type themselves past preflight. */
const isOrder = (input: unknown): input is NodeOrder =>
  workflowInfo().parent !== undefined && (input as Partial<NodeOrder> | null | undefined)?.kind === 'nodeOrder';

const walkOrdered = async (order: NodeOrder): Promise<NodeReport> => {
  const startedAt = new Date().toISOString();
  const refresh = (): void => {
    setCurrentDetails(toCurrentDetails(toStatus(), run.picture));
  };
  const gate = new PauseGate(() => {
    refresh();
  });
  const run = new NodeRun(order, gate, () => {
    refresh();
  });
  const toStatus = (): RunStatus => {
    const { paused } = gate;
    const isPaused = paused !== undefined && run.phase === 'Draining';
    return {
      version: 1,
      taskId: order.task.request.taskId,
      cluster: order.task.request.cluster,
      phase: isPaused ? 'Paused' : run.phase,
      message: isPaused ? `paused by ${paused.by}: ${paused.reason}` : run.message,
      startedAt,
      nodes: [run.toStatus()],
      ...definedFields({ paused, outcome: run.outcome }),
    };
  };
  setHandler(statusQuery, toStatus, { description: 'What happens now, with every pod.' });
  setHandler(planQuery, () => null, { description: "The plan is with the node's task." });
  setHandler(
    pauseUpdate,
    (attribution) => {
      gate.pause(attribution);
      return toStatus();
    },
    { description: 'Starts no further eviction. {"by": "…", "reason": "…"}', validator: validateAttribution },
  );
  setHandler(
    resumeUpdate,
    () => {
      gate.resume();
      return toStatus();
    },
    {
      description: 'Goes on after a pause, or wakes a parked run. {"by": "…", "reason": "…"}',
      validator: validateAttribution,
    },
  );
  // A signal cannot be refused, and one that makes its handler throw would stop the workflow for good.
  setHandler(pauseNodeSignal, (attribution: unknown) => {
    if (isAttribution(attribution)) gate.pause(attribution);
  });
  setHandler(resumeNodeSignal, (attribution: unknown) => {
    if (isAttribution(attribution)) gate.resume();
  });
  setHandler(drainPictureSignal, (lines: unknown) => {
    run.takePicture(lines);
  });
  const report = await walkNode(run);
  await awaitHandlers();
  return report;
};

const inline: TaskManner = {
  oneNodeOnly: true,
  sendNode: async (run, order) => {
    const nodeRun = new NodeRun(order, run.gate, () => {
      run.refresh();
    });
    run.inlineRun = nodeRun;
    setHandler(drainPictureSignal, (lines: unknown) => {
      nodeRun.takePicture(lines);
    });
    try {
      return await walkNode(nodeRun);
    } finally {
      run.inlineRun = undefined;
    }
  },
  tellChild: () => Promise.resolve(),
  takeBreak: () => Promise.resolve(),
};

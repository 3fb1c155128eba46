import { CancellationScope } from '@temporalio/workflow';
import { toNodeTarget, type NodeTarget } from '../../domain/node/node-target.ts';
import type { NodePlan } from '../../domain/plan/decommission-plan.ts';
import type { NodeWorkflowInput } from '../../domain/run/context.ts';
import { FailureType } from '../../domain/run/failures.ts';
import type { NodeReport } from '../../domain/run/report.ts';
import { definedFields } from '../runtime/defined-fields.ts';
import { isCancelledOnRequest, isFailureOfType, throwDefect, toFailureReport } from '../runtime/failure-report.ts';
import { undoAll } from '../runtime/undo.ts';
import { cordonOne } from './cordon-one.ts';
import type { NodeExecution } from './node-execution.ts';
import type { TaskState } from './task-state.ts';

/** For the answer to a cancellation; the input is part of the history. */
const MAX_LATER_NODES = 100;

/**
 * Brings one node to its end and returns its report: cordons it first if that waits for its turn, then runs its steps; or waits for it again,
 * if an earlier run of the task has started it. Returns undefined when the task was cancelled before the node had a report. `waiting`: the
 * nodes that are not started yet.
 *
 * @throws a defect: see `throwDefect`.
 */
export const sendNode = async (
  state: TaskState,
  execution: NodeExecution,
  node: NodePlan,
  waiting: readonly string[],
): Promise<NodeReport | undefined> => {
  try {
    if (state.fleet.childOf(node.nodeName)) return await execution.attachNode(state, toNodeInput(state, node, waiting));
    if (state.accepted.request.cordon === 'inTurn') await takeTurn(state, toNodeTarget(node));
    return await execution.sendNode(state, toNodeInput(state, node, waiting));
  } catch (error) {
    throwDefect(error);
    if (CancellationScope.current().consideredCancelled) return undefined;
    return toFailedReport(state, node, error);
  }
};

/** The cordon replaces the taint that kept pods off the node while it waited. */
const takeTurn = async (state: TaskState, target: NodeTarget): Promise<void> => {
  const { nodeName } = target;
  await state.step('cordon', [nodeName], () => cordonOne(state, target));
  const taints = state.undo.filter((entry) => entry.kind === 'waiting' && entry.target.nodeName === nodeName);
  const results = await undoAll(state.accepted.context, taints);
  // A taint that could not be removed stays registered: the end of the task tries again.
  state.forget(results.filter(({ isOver }) => isOver).map(({ entry }) => entry));
  state.fleet.describeAgain();
};

const toNodeInput = (state: TaskState, node: NodePlan, waiting: readonly string[]): NodeWorkflowInput => {
  const { nodeName } = node;
  const plannedWorkloads = state.plannedWorkloadsOf(nodeName);
  const earlier = state.earlierMarksOf(nodeName);
  return {
    kind: 'nodeOrder',
    task: withoutOtherNodes(state.accepted, nodeName),
    node: withoutPods(node),
    steps: state.stepsOf(nodeName),
    laterNodeNames: waiting.slice(0, MAX_LATER_NODES),
    ...definedFields({ plannedWorkloads, earlier }),
  };
};

/** Each node's history has the request in the input of most activities: a thousand names in each would be most of it. */
const withoutOtherNodes = (task: NodeWorkflowInput['task'], nodeName: string): NodeWorkflowInput['task'] => {
  const { expectedPlan: _plan, ...request } = task.request;
  return { ...task, request: { ...request, nodeNames: [nodeName] } };
};

/** The node's own workflow reads its pods again; without them its input is smaller. */
const withoutPods = ({ pods: _pods, unlistedWorkloads: _workloads, ...node }: NodePlan): NodeWorkflowInput['node'] =>
  node;

/** Of a node that has no workflow. */
export const toFailedReport = (state: TaskState, { nodeName, nodeUid }: NodePlan, error: unknown): NodeReport => ({
  nodeName,
  nodeUid,
  outcome: toOutcome(error),
  steps: state.stepsOf(nodeName),
  pods: [],
  undo: [],
  notes: [],
  failure: toFailureReport(error),
  ...definedFields({ failedStep: state.failedStepOf(nodeName) }),
});

const toOutcome = (error: unknown): NodeReport['outcome'] => {
  if (isCancelledOnRequest(error)) return 'Cancelled';
  return isFailureOfType(error, FailureType.Refused) ? 'Refused' : 'RolledBack';
};

/** Records the report of a node that has ended. */
export const recordEnd = (state: TaskState, report: NodeReport): void => {
  state.addReport(report);
  forgetUndone(state, report);
};

/** The task no longer undoes what the node's own workflow has undone, or what was deleted with the Node. */
const forgetUndone = (state: TaskState, report: NodeReport): void => {
  const isGone = report.outcome === 'Decommissioned' && state.task?.request.deleteNode === true;
  // Without an entry, its own undo did not run: it was terminated, or never started.
  const hasOwnUndo = report.undo.length > 0;
  const ofNode = state.undo.filter((entry) => 'target' in entry && entry.target.nodeName === report.nodeName);
  state.forget(ofNode.filter(({ kind }) => isGone || (kind === 'cordon' && hasOwnUndo)));
};

import {
  ApplicationFailure,
  CancellationScope,
  CancelledFailure,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import { toCountText } from '../../domain/text/counts.ts';
import { FailureType } from '../../domain/run/failures.ts';
import type { NodePlan } from '../../domain/plan/decommission-plan.ts';
import type { DecommissionReport, NodeReport, Outcome } from '../../domain/run/report.ts';
import type { Attribution, RunStatus } from '../../domain/run/status.ts';
import type { AcceptedTask, NodeWorkflowInput } from '../../domain/run/context.ts';
import type { NodeTarget } from '../../domain/node/node-target.ts';
import { planningActivities, shortActivities } from '../runtime/activity-options.ts';
import { definedFields } from '../runtime/defined-fields.ts';
import { isCancelledEnd, isFailureOfType, throwDefect, toFailureReport } from '../runtime/failure-report.ts';
import { acceptTask } from './accept-task.ts';
import { finishTask } from './finish-task.ts';
import { pauseUpdate, planQuery, resumeUpdate, statusQuery } from '../messages.ts';
import { validateAttribution } from '../runtime/pause-gate.ts';
import type { TaskState } from './task-state.ts';
import { undoAll, type UndoEntry } from '../runtime/undo.ts';

/** Runs the steps of one prepared node and returns its report. */
export type SendNode = (state: TaskState, input: NodeWorkflowInput) => Promise<NodeReport>;

/** Continues as new when the server suggests it; else returns. Call it only between nodes. */
export type ContinueAsNewIfSuggested = (state: TaskState) => Promise<void>;

export interface NodeExecution {
  readonly oneNodeOnly: boolean;
  readonly sendNode: SendNode;
  readonly continueAsNewIfSuggested: ContinueAsNewIfSuggested;
  /** Forwards a pause or resume to the running child. */
  readonly notifyChild: (state: TaskState, message: 'pause' | 'resume', attribution: Attribution) => Promise<void>;
}

/** The steps of a task. Takes all arguments of the workflow. Returns the report, which decides how the workflow closes. */
export const runTask = async (
  state: TaskState,
  input: readonly unknown[],
  execution: NodeExecution,
): Promise<DecommissionReport> => {
  installHandlers(state, execution);
  CancellationScope.current().cancelRequested.catch(() => {
    state.noteCancellation();
  });
  try {
    if (!state.plan) {
      state.task = await acceptInput(input, execution);
      await preparePlan(state);
      if (state.task.request.dryRun)
        return state.toReport('DryRun', 'dry run: the plan is complete, nothing was changed');
      await prepareNodes(state);
    }
    await sendNodes(state, execution);
  } catch (error) {
    // Also the error with which the SDK continues as new: the run continues, so nothing is undone.
    throwDefect(error);
    const outcome = toOutcome(state, error);
    return await CancellationScope.nonCancellable(() => undoChanges(state, error, outcome));
  }
  return await CancellationScope.nonCancellable(() => finishTask(state));
};

const acceptInput = async (input: readonly unknown[], execution: NodeExecution): Promise<AcceptedTask> => {
  if (input.length > 1) {
    throw ApplicationFailure.nonRetryable(
      `the workflow takes exactly one argument, not ${input.length}. Put all settings into one JSON object. Nothing was changed.`,
      FailureType.InvalidInput,
    );
  }
  const { workflowId, firstExecutionRunId } = workflowInfo();
  return await acceptTask(input[0], { workflowId, firstExecutionRunId }, execution.oneNodeOnly);
};

const preparePlan = async (state: TaskState): Promise<void> => {
  const { context, request } = state.accepted;
  state.phase = 'Preparing';
  await state.step('preflight', request.nodeNames, async () => {
    const plan = await planningActivities.planTask(context, request);
    state.takePlan(plan);
    const refusals = plan.findings.filter(({ severity }) => severity === 'refusal');
    if (plan.verdict === 'Refused') {
      const sentences = refusals.slice(0, 10).map(({ message }) => message);
      const more = refusals.length > 10 ? ` And ${refusals.length - 10} more; see the plan.` : '';
      throw ApplicationFailure.nonRetryable(`preflight refuses: ${sentences.join(' ')}${more}`, FailureType.Refused);
    }
    const warnings = plan.findings.filter(({ severity }) => severity === 'warning').length;
    return warnings === 0 ? 'no problems found' : `${toCountText(warnings, 'warning')}; see the plan`;
  });
};

/** All nodes are protected and cordoned before any is drained, so that evicted pods do not land on the next one. */
const prepareNodes = async (state: TaskState): Promise<void> => {
  await state.step('budgets', state.accepted.request.nodeNames, async () => {
    await lockNodes(state);
    return await protectNodes(state);
  });
  for (const target of state.targets) await state.step('cordon', [target.nodeName], () => cordonOne(state, target));
  // Undone before the cordon: the second replicas go while no pod can start on the nodes.
  if (state.accepted.request.singleReplica === 'surge') state.register({ kind: 'surges' });
};

const lockNodes = async (state: TaskState): Promise<void> => {
  for (const target of state.targets) {
    await state.gate.pass();
    state.register({ kind: 'lock', target });
    const { context, fingerprint } = state.accepted;
    await shortActivities.acquireNodeLock(context, target, fingerprint);
  }
};

const protectNodes = async (state: TaskState): Promise<string> => {
  const { context, request } = state.accepted;
  await state.gate.pass();
  const unknown = { kind: 'budgets', created: [] } as const;
  state.register(unknown);
  const { created, plans } = await shortActivities.protectWorkloads(context, request, request.nodeNames);
  state.amend(unknown, { kind: 'budgets', created });
  const annotated = plans.filter(({ action }) => action === 'annotate').length;
  return `budgets created: ${created.length}; existing budgets annotated: ${annotated}`;
};

const cordonOne = async (state: TaskState, target: NodeTarget): Promise<string> => {
  const unknown = { kind: 'cordon', target } as const;
  state.register(unknown);
  const { earlier } = await shortActivities.cordonNode(state.accepted.context, target);
  state.amend(unknown, { ...unknown, ...definedFields({ earlier }) });
  return 'unschedulable';
};

const sendNodes = async (state: TaskState, execution: NodeExecution): Promise<void> => {
  const task = state.accepted;
  state.phase = 'Draining';
  for (const node of state.plan?.nodes ?? []) {
    if (state.reports.has(node.nodeName)) continue;
    await execution.continueAsNewIfSuggested(state);
    await state.gate.pass();
    state.setMessage(`decommissioning node ${node.nodeName}`);
    const report = await sendOne(state, execution, {
      kind: 'nodeOrder',
      task,
      node: withoutPods(node),
      steps: state.stepsOf(node.nodeName),
      plannedWorkloads: state.plannedWorkloadsOf(node.nodeName),
      ...definedFields({ earlier: state.earlierMarksOf(node.nodeName) }),
    });
    state.addReport(report);
    forgetUndone(state, report);
    if (report.outcome !== 'Decommissioned') throw toNodeFailure(report);
  }
};

/**
 * A cancelled task waits for a node past its point of no return, which may be parked for days: the nodes that are not started are undone
 * meanwhile.
 */
const sendOne = async (state: TaskState, execution: NodeExecution, input: NodeWorkflowInput): Promise<NodeReport> => {
  let isOver = false;
  let undone = Promise.resolve();
  CancellationScope.current().cancelRequested.catch(() => {
    if (!isOver) undone = CancellationScope.nonCancellable(() => undoLaterNodes(state, input.node.nodeName));
  });
  try {
    return await execution.sendNode(state, input);
  } finally {
    isOver = true;
    await undone;
  }
};

const undoLaterNodes = async (state: TaskState, nodeName: string): Promise<void> => {
  const isLater = (entry: UndoEntry): boolean =>
    'target' in entry && entry.target.nodeName !== nodeName && !state.reports.has(entry.target.nodeName);
  const results = await undoAll(state.accepted.context, state.undo.filter(isLater));
  const over = results.filter(({ isOver }) => isOver);
  state.addUndone(over);
  state.forget(over.map(({ entry }) => entry));
  state.refresh();
};

/** The node's own workflow reads its pods again; without them its input is smaller. */
const withoutPods = ({ pods: _pods, ...node }: NodePlan): NodeWorkflowInput['node'] => node;

/** The task no longer undoes what the node's own workflow has undone, or what was deleted with the Node. */
const forgetUndone = (state: TaskState, report: NodeReport): void => {
  const isGone = report.outcome === 'Decommissioned' && state.task?.request.deleteNode === true;
  // Without an entry, its own undo did not run: it was terminated, or never started.
  const hasOwnUndo = report.undo.length > 0;
  const ofNode = state.undo.filter((entry) => 'target' in entry && entry.target.nodeName === report.nodeName);
  state.forget(ofNode.filter(({ kind }) => isGone || (kind === 'cordon' && hasOwnUndo)));
};

const toNodeFailure = (report: NodeReport): Error => {
  if (report.outcome === 'Cancelled') return new CancelledFailure(`node ${report.nodeName} was cancelled`);
  const { type, message } = report.failure ?? { type: report.outcome, message: `ended as ${report.outcome}` };
  return ApplicationFailure.nonRetryable(`node ${report.nodeName}: ${message}`, type);
};

const undoChanges = async (state: TaskState, error: unknown, outcome: Outcome): Promise<DecommissionReport> => {
  const failure = toFailureReport(error);
  if (failure.type !== 'Cancelled') state.failure = failure;
  const message = outcome === 'Cancelled' ? describeCancellation(state) : failure.message;
  if (state.undo.length > 0 && state.task) {
    state.phase = 'Undoing';
    state.setMessage(`undoing changes: ${message}`);
    state.addUndone(await undoAll(state.task.context, state.undo));
  }
  return state.toReport(outcome, describeEnd(state, outcome, message));
};

const describeCancellation = (state: TaskState): string => {
  const doneCount = [...state.reports.values()].filter(({ outcome }) => outcome === 'Decommissioned').length;
  const nodeCount = state.task?.request.nodeNames.length ?? 0;
  return `The run was cancelled.${doneCount === 0 ? '' : ` ${doneCount} of ${nodeCount} nodes were already decommissioned.`}`;
};

const toOutcome = (state: TaskState, error: unknown): Outcome => {
  if (isFailureOfType(error, FailureType.InvalidInput)) return 'InvalidInput';
  if (isFailureOfType(error, FailureType.Refused, FailureType.NodeBusy)) return 'Refused';
  if (!state.plan && isFailureOfType(error, FailureType.ClusterMismatch)) return 'Refused';
  return isCancelledEnd(error) ? 'Cancelled' : 'RolledBack';
};

const describeEnd = (state: TaskState, outcome: Outcome, message: string): string => {
  if (outcome === 'InvalidInput' || state.undone.length === 0) return message;
  const undone = [...state.undone, ...[...state.reports.values()].flatMap(({ undo }) => undo)];
  const failed = undone.filter(({ status }) => status === 'Failed').length;
  const kept = undone.filter(({ status }) => status === 'Kept').length;
  const keptText = kept === 0 ? '' : ` Changes by other clients kept: ${kept}.`;
  if (failed > 0)
    return `${message} ${toCountText(failed, 'change')} could not be undone; the report lists the commands to run.${keptText}`;
  const isIncomplete = [...state.reports.values()].some((report) => report.outcome === 'RollbackIncomplete');
  return isIncomplete ? `${message}${keptText}` : `${message} All changes were undone.${keptText}`;
};

/** Also after a cancellation: a child that is parked past the point of no return must still get the resume. */
const forward = (
  state: TaskState,
  execution: NodeExecution,
  ...message: ['pause' | 'resume', Attribution]
): Promise<void> => CancellationScope.nonCancellable(() => execution.notifyChild(state, ...message));

const installHandlers = (state: TaskState, execution: NodeExecution): void => {
  setHandler(statusQuery, (): RunStatus => state.toStatus(), {
    description: 'Current phase and message, and the steps of each node.',
  });
  setHandler(planQuery, () => state.plan, { description: 'Result of preflight; null until it has finished.' });
  setHandler(
    pauseUpdate,
    async (attribution) => {
      state.gate.pause(attribution);
      await forward(state, execution, 'pause', attribution);
      return state.toStatus();
    },
    { description: 'Sends no further evictions. {"by": "…", "reason": "…"}', validator: validateAttribution },
  );
  setHandler(
    resumeUpdate,
    async (attribution) => {
      state.gate.resume();
      state.noteResume(attribution.by);
      await forward(state, execution, 'resume', attribution);
      return state.toStatus();
    },
    {
      description: 'Continues after a pause, or resumes a parked run. {"by": "…", "reason": "…"}',
      validator: validateAttribution,
    },
  );
};

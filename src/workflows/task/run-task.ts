import { ApplicationFailure, CancellationScope, setHandler, workflowInfo } from '@temporalio/workflow';
import { describeVerdict } from '../../domain/plan/preflight-verdict.ts';
import { toCountText } from '../../domain/text/counts.ts';
import { joinSentences } from '../../domain/text/join-sentences.ts';
import { FailureType } from '../../domain/run/failures.ts';
import type { DecommissionReport, Outcome } from '../../domain/run/report.ts';
import type { Attribution, RunStatus } from '../../domain/run/status.ts';
import type { AcceptedTask } from '../../domain/run/context.ts';
import { planningActivities, shortActivities } from '../runtime/activity-options.ts';
import { isCancelledEnd, isFailureOfType, throwDefect, toFailureReport } from '../runtime/failure-report.ts';
import { acceptTask } from './accept-task.ts';
import { installVerdictUpdate } from './await-verdict.ts';
import { cordonOne } from './cordon-one.ts';
import { finishTask } from './finish-task.ts';
import { runFleet } from './run-fleet.ts';
import { pauseUpdate, planQuery, resumeUpdate, statusQuery } from '../messages.ts';
import { validateAttribution } from '../runtime/pause-gate.ts';
import { duringWindows } from './task-windows.ts';
import { installTaskSteering } from './steer-task.ts';
import type { NodeExecution } from './node-execution.ts';
import type { TaskState } from './task-state.ts';
import { undoAll } from '../runtime/undo.ts';

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
    const isNew = state.plan === null;
    if (isNew) {
      state.task = await acceptInput(input, execution);
      await preparePlan(state);
      if (state.task.request.dryRun)
        return state.toReport('DryRun', 'dry run: the plan is complete, nothing was changed');
    }
    await duringWindows(state, async (awaitOpen) => {
      if (isNew) await prepareWithin(state, awaitOpen);
      state.phase = 'Draining';
      await runFleet(state, execution);
    });
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
    if (plan.verdict === 'Refused') {
      throw ApplicationFailure.nonRetryable(describeVerdict(plan), FailureType.Refused);
    }
    return describeVerdict(plan);
  });
};

/** Nothing is changed before the first window. */
const prepareWithin = async (state: TaskState, awaitOpen: () => Promise<void>): Promise<void> => {
  if (state.accepted.request.windows !== undefined) {
    state.setMessage('nothing is changed yet');
    do {
      await state.gate.pass();
      await awaitOpen();
      // A pause that began meanwhile may outlast the window.
    } while (state.gate.isHeld);
  }
  await prepareNodes(state);
};

/**
 * All nodes are protected before any is drained. They are cordoned too, so that evicted pods do not land on the next one; with
 * `cordon: inTurn`, pods only avoid the nodes that wait.
 */
const prepareNodes = async (state: TaskState): Promise<void> => {
  await state.step('budgets', state.accepted.request.nodeNames, async () => {
    await lockNodes(state);
    return await protectNodes(state);
  });
  if (state.accepted.request.cordon === 'inTurn') await markWaiting(state);
  else
    for (const target of state.targets) await state.step('cordon', [target.nodeName], () => cordonOne(state, target));
  // Undone before the cordon: the second replicas go while no pod can start on the nodes.
  if (state.accepted.request.singleReplica === 'surge') state.register({ kind: 'surges' });
};

const markWaiting = async (state: TaskState): Promise<void> => {
  if (state.targets.length === 1) return;
  state.setMessage('tainting the nodes that wait for their turn');
  for (const target of state.targets) {
    await state.gate.pass();
    state.register({ kind: 'waiting', target });
    await shortActivities.markNodeWaiting(state.accepted.context, target);
  }
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

const undoChanges = async (state: TaskState, error: unknown, outcome: Outcome): Promise<DecommissionReport> => {
  const failure = toFailureReport(error);
  if (failure.type !== 'Cancelled') state.failure = failure;
  const message = joinSentences(
    outcome === 'Cancelled' ? 'The run was cancelled.' : failure.message,
    describeDone(state),
  );
  if (state.undo.length > 0 && state.task) {
    state.phase = 'Undoing';
    state.setMessage(`undoing changes: ${message}`);
    state.addUndone(await undoAll(state.task.context, state.undo));
  }
  return state.toReport(outcome, describeEnd(state, outcome, message));
};

const describeDone = (state: TaskState): string => {
  const doneCount = [...state.reports.values()].filter(({ outcome }) => outcome === 'Decommissioned').length;
  const nodeCount = state.task?.request.nodeNames.length ?? 0;
  return doneCount === 0 ? '' : `${doneCount} of ${toCountText(nodeCount, 'node')} were already decommissioned.`;
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
  // A node that is deleted is not undone.
  const isAnyDone = [...state.reports.values()].some((report) => report.outcome === 'Decommissioned');
  const all = isAnyDone ? 'All other changes' : 'All changes';
  return isIncomplete ? `${message}${keptText}` : `${message} ${all} were undone.${keptText}`;
};

/** Also after a cancellation: a child that is parked past the point of no return must still get the resume. */
const forward = (
  state: TaskState,
  execution: NodeExecution,
  ...message: ['pause' | 'resume', Attribution]
): Promise<void> => CancellationScope.nonCancellable(() => execution.notifyChildren(state, ...message));

const installHandlers = (state: TaskState, execution: NodeExecution): void => {
  setHandler(statusQuery, (): RunStatus => state.toStatus(), {
    description: 'Current phase and message, and the steps of each node.',
  });
  installVerdictUpdate(state);
  installTaskSteering(state, execution);
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

import {
  ApplicationFailure,
  CancellationScope,
  CancelledFailure,
  getExternalWorkflowHandle,
  isCancellation,
  workflowInfo,
} from '@temporalio/workflow';
import type { MarkedNode } from '../../activities/node/point-of-no-return.ts';
import { FailureType } from '../../domain/run/failures.ts';
import { nodePassingSignal } from '../messages.ts';
import { pollingActivities, shortActivities, undoActivities } from '../runtime/activity-options.ts';
import { throwDefect, toFailureReport } from '../runtime/failure-report.ts';
import { awaitApproval } from './await-approval.ts';
import type { NodeState } from './node-state.ts';

/**
 * Runs the final checks and, directly after them, `act`, which cannot be undone or cancelled. `check`: an additional check; its failure
 * still leads to undo. Volumes may have been mounted or attached since the step `detach`: the checks wait for them until `deadlineAt`
 * (milliseconds since the epoch). That may take minutes, so the check for pods is the last one. After a pause that began during the checks,
 * all of them run again. `what`: as `PointOfNoReturn.what`.
 *
 * @throws CancelledFailure before `act`
 * @throws what the checks throw, and what `act` throws when it proves that nothing was done
 */
export const passPointOfNoReturn = async <Result>(
  state: NodeState,
  what: string,
  act: () => Promise<Result>,
  check?: (deadlineAt: number) => Promise<unknown>,
): Promise<Result> => {
  const { context, request, waits } = state.input.task;
  const { nodeName } = state.target;
  await awaitApproval(state, 'beforeNodeDeletion');
  do {
    await state.gate.pass();
    const deadlineAt = Date.now() + waits.detachSeconds * 1000;
    await check?.(deadlineAt);
    await pollingActivities.awaitVolumesDetached(context, request, { nodeName, deadlineAt });
    await confirmTask(state);
    await shortActivities.confirmDrained(context, request, state.target);
  } while (state.gate.isHeld);
  // Directly before the scope: a cancellation during the checks still counts.
  if (CancellationScope.current().consideredCancelled) {
    throw new CancelledFailure('cancelled before the point of no return');
  }
  return await actIrrevocably(state, what, () => actOnMarkedNode(state, act));
};

/**
 * A task that was terminated leaves the workflows of its nodes running. Nothing irrevocable is done without a task that reports it. A
 * failure for any other reason proves nothing: the task counts as open.
 */
const confirmTask = async (state: NodeState): Promise<void> => {
  const { parent } = workflowInfo();
  if (!parent) return;
  const { nodeName } = state.target;
  try {
    await getExternalWorkflowHandle(parent.workflowId).signal(nodePassingSignal, { nodeName });
  } catch (error) {
    if (isCancellation(error)) throw error;
    if (toFailureReport(error).type !== 'ExternalWorkflowExecutionNotFound') return;
    throw ApplicationFailure.nonRetryable(
      `the task of this node, workflow ${parent.workflowId}, is closed. The changes to the node are undone. To decommission it, start the same request again; \`janitor\` lists what else the task has left.`,
      FailureType.TaskClosed,
    );
  }
};

/** The Node records it first: an undo by any other run, or by this one after a reset, leaves the node as it is. */
const actOnMarkedNode = async <Result>(state: NodeState, act: () => Promise<Result>): Promise<Result> => {
  const { context } = state.input.task;
  const at = new Date().toISOString();
  try {
    // Nothing in histories of version 0.1.0.
    const marked = (await shortActivities.markPointOfNoReturn(context, state.target, at)) as MarkedNode | undefined;
    state.machine = marked?.machine;
    return await act();
  } catch (error) {
    throwDefect(error);
    // Also after a failure of the mark itself: its write may have taken effect.
    await undoActivities.clearPointOfNoReturn(context, state.target, at).catch((reason: unknown) => {
      const { message } = toFailureReport(reason);
      state.note([`the record of the point of no return could not be removed from the Node: ${message}`]);
    });
    throw error;
  }
};

/**
 * Runs what cannot be undone or cancelled. `what`: as `PointOfNoReturn.what`.
 *
 * @throws what `act` throws; before it, nothing irrevocable may have been done.
 */
export const actIrrevocably = async <Result>(
  state: NodeState,
  what: string,
  act: () => Promise<Result>,
): Promise<Result> => {
  const isFirst = state.passPointOfNoReturn(what);
  try {
    return await CancellationScope.nonCancellable(act);
  } catch (error) {
    if (isFirst) state.clearPointOfNoReturn();
    throw error;
  }
};

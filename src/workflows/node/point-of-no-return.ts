import { CancellationScope, CancelledFailure } from '@temporalio/workflow';
import { shortActivities } from '../runtime/activity-options.ts';
import type { NodeState } from './node-state.ts';

/**
 * Runs the final checks and, directly after them, `act`, which cannot be undone or cancelled. `check`: an additional check; its failure
 * still leads to undo. After a pause that began during the checks, all of them run again. `what`: as `PointOfNoReturn.what`.
 *
 * @throws CancelledFailure before `act`
 * @throws what the checks throw, and what `act` throws when it proves that nothing was done
 */
export const passPointOfNoReturn = async <Result>(
  state: NodeState,
  what: string,
  act: () => Promise<Result>,
  check?: () => Promise<unknown>,
): Promise<Result> => {
  const { task } = state.input;
  do {
    await state.gate.pass();
    await shortActivities.confirmDrained(task.context, task.request, state.target);
    await check?.();
  } while (state.gate.paused);
  // Directly before the scope: a cancellation during the checks still counts.
  if (CancellationScope.current().consideredCancelled) {
    throw new CancelledFailure('cancelled before the point of no return');
  }
  return await actIrrevocably(state, what, act);
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

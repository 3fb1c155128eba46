import { CancellationScope, CancelledFailure } from '@temporalio/workflow';
import { shortActivities } from '../runtime/activity-options.ts';
import type { NodeState } from './node-state.ts';

/**
 * The last look, and directly after it what cannot be undone, which no cancel reaches any more. `look`: what else has to be looked at then;
 * what it throws still puts the node back. A pause that came meanwhile is waited for, and then everything is looked at again.
 */
export const passPointOfNoReturn = async <Result>(
  state: NodeState,
  act: () => Promise<Result>,
  look?: () => Promise<unknown>,
): Promise<Result> => {
  const { task } = state.input;
  do {
    await state.gate.pass();
    await shortActivities.confirmDrained(task.context, task.request, state.target);
    await look?.();
  } while (state.gate.paused);
  // Directly before the scope: a cancel that came meanwhile still counts.
  if (CancellationScope.current().consideredCancelled) {
    throw new CancelledFailure('cancelled before the point of no return');
  }
  return await CancellationScope.nonCancellable(act);
};

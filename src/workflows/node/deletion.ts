import type { DeletionPast } from '../../activities/node/delete-node.ts';
import { FailureType } from '../../domain/run/failures.ts';
import { undoActivities } from '../runtime/activity-options.ts';
import { isFailureOfType } from '../runtime/failure-report.ts';
import type { NodeState } from './node-state.ts';

/** Of the Node. */
export interface Deletion {
  readonly past: DeletionPast;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** Nothing was deleted yet. */
export const FIRST_DELETION: DeletionPast = { attemptedBefore: false, isReturnSeen: false };

/**
 * Deletes the Node, parked after every failure until an operator resumes the run. `mayRefuse`: a refusal that proves that nothing was deleted
 * is thrown and leads to undo.
 *
 * @throws ActivityFailure caused by `NodeDeletionRefused` or `NodeChanged`, only with `mayRefuse`
 */
export const deletePermanently = async (
  state: NodeState,
  first: DeletionPast,
  mayRefuse: boolean,
): Promise<Deletion> => {
  for (let past = first; ;) {
    try {
      state.note((await undoActivities.deleteNode(state.input.task.context, state.target, past)).notes);
      state.phase = 'Finishing';
      return { past, at: Date.now() };
    } catch (error) {
      const isProvenUndone = isFailureOfType(error, FailureType.NodeDeletionRefused, FailureType.NodeChanged);
      if (mayRefuse && isProvenUndone && !past.attemptedBefore) throw error;
      past = await parkDeletion(state, past, error);
    }
  }
};

/** Deletes the Node again after a failure that shows that it is not gone, once an operator has resumed the run. */
export const deleteAgain = async (state: NodeState, { past }: Deletion, error: unknown): Promise<Deletion> =>
  await deletePermanently(state, await parkDeletion(state, past, error), false);

/** Returns what the next attempt has to know. */
const parkDeletion = async (state: NodeState, past: DeletionPast, error: unknown): Promise<DeletionPast> => {
  await state.park(error);
  const isReturnSeen = past.isReturnSeen || isFailureOfType(error, FailureType.NodeCameBack);
  return { attemptedBefore: true, isReturnSeen };
};

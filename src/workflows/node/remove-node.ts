import { CancellationScope } from '@temporalio/workflow';
import type { DeletionPast } from '../../activities/node/delete-node.ts';
import { FailureType } from '../../domain/run/failures.ts';
import { undoActivities, pollingActivities } from '../runtime/activity-options.ts';
import { isFailureOfType } from '../runtime/failure-report.ts';
import { cleanHost, stopKubelet } from './host-steps.ts';
import type { NodeState } from './node-state.ts';
import { actIrrevocably, passPointOfNoReturn } from './point-of-no-return.ts';

/**
 * From the final checks to the end. The point of no return is the stop of the kubelet where the host is cleaned, else the deletion of the
 * Node. A failure thrown from here proves that nothing irreversible was done; every later failure parks the run instead.
 */
export const removeNode = async (state: NodeState): Promise<void> => {
  const isHostTaken = await stopKubelet(state);
  if (isHostTaken) state.phase = 'Finishing';
  await deleteNode(state, isHostTaken);
  if (isHostTaken) await cleanHost(state);
  await finish(state, isHostTaken);
};

const deleteNode = async (state: NodeState, isHostTaken: boolean): Promise<void> => {
  if (!state.input.task.request.deleteNode) {
    state.skip('deleteNode', 'deleteNode: false');
    return;
  }
  if (isHostTaken) {
    await CancellationScope.nonCancellable(() =>
      state.stepRegardless('deleteNode', () => deletePermanently(state, false)),
    );
    return;
  }
  await state.step('deleteNode', () =>
    passPointOfNoReturn(state, `deleting Node ${state.target.nodeName}`, () => deletePermanently(state, true)),
  );
  state.note(['the host was not cleaned: the node may rejoin when its kubelet restarts']);
};

/** `mayRefuse`: a refusal that proves that nothing was deleted is thrown and leads to undo. */
const deletePermanently = async (state: NodeState, mayRefuse: boolean): Promise<string> => {
  const { context, waits } = state.input.task;
  let past: DeletionPast = { attemptedBefore: false, isReturnSeen: false };
  for (;;) {
    try {
      state.note((await undoActivities.deleteNode(context, state.target, past)).notes);
      state.phase = 'Finishing';
      state.setMessage(
        `node ${state.target.nodeName} is deleted; verifying for ${waits.staysGoneSeconds} s that it does not re-register`,
      );
      const untilAt = Date.now() + waits.staysGoneSeconds * 1000;
      state.note((await pollingActivities.awaitNodeStaysGone(context, state.target, untilAt, past.isReturnSeen)).notes);
      return `the Node did not re-register for ${waits.staysGoneSeconds} s`;
    } catch (error) {
      const isProvenUndone = isFailureOfType(error, FailureType.NodeDeletionRefused, FailureType.NodeChanged);
      if (mayRefuse && isProvenUndone && !past.attemptedBefore) throw error;
      await state.park(error);
      const isReturnSeen = past.isReturnSeen || isFailureOfType(error, FailureType.NodeCameBack);
      past = { attemptedBefore: true, isReturnSeen };
    }
  }
};

const finish = async (state: NodeState, isHostTaken: boolean): Promise<void> => {
  if (state.input.task.request.deleteNode) {
    await CancellationScope.nonCancellable(() =>
      state.stepRegardless('finish', () =>
        Promise.resolve('no cleanup needed: the annotations were deleted with the Node'),
      ),
    );
  } else if (isHostTaken) {
    await CancellationScope.nonCancellable(() => state.stepRegardless('finish', () => keepCordonedPermanently(state)));
  } else {
    await state.step('finish', () => keepCordoned(state));
  }
};

/** `deleteNode: false`: the cordon stays and is reported; only this task's annotations are removed. */
const keepCordoned = async (state: NodeState): Promise<string> => {
  // Undo needs the annotations for the earlier state: a cancellation has no effect from here on.
  const what = `removing this task's annotations from node ${state.target.nodeName}`;
  const release = await actIrrevocably(state, what, () =>
    undoActivities.releaseNodeKeepingCordon(state.input.task.context, state.target),
  );
  state.undo.push(release);
  state.note([`node ${state.target.nodeName} is drained and stays cordoned; its Node object still exists`]);
  return release.message;
};

/** The same after the kubelet was stopped. */
const keepCordonedPermanently = async (state: NodeState): Promise<string> => {
  for (;;) {
    try {
      return await keepCordoned(state);
    } catch (error) {
      await state.park(error);
    }
  }
};

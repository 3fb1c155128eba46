import { CancellationScope } from '@temporalio/workflow';
import { describeRemaining } from '../../domain/node/node-objects.ts';
import { undoActivities, pollingActivities } from '../runtime/activity-options.ts';
import { deleteAgain, deletePermanently, FIRST_DELETION, type Deletion } from './deletion.ts';
import { endMachine } from './end-machine.ts';
import { cleanHost, stopKubelet } from './host-steps.ts';
import type { NodeState } from './node-state.ts';
import { actIrrevocably, passPointOfNoReturn } from './point-of-no-return.ts';

/**
 * From the final checks to the end. The point of no return is the stop of the kubelet where the host is cleaned, else the deletion of the
 * Node. A failure thrown from here proves that nothing irreversible was done; every later failure parks the run instead. The host is cleaned
 * and the machine ended while the deleted Node has to stay gone.
 */
export const removeNode = async (state: NodeState): Promise<void> => {
  const isHostTaken = await stopKubelet(state);
  if (isHostTaken) state.phase = 'Finishing';
  const deletion = await deleteNode(state, isHostTaken);
  if (isHostTaken) await cleanHost(state);
  const last = await endMachine(state, deletion);
  await finish(state, isHostTaken, last);
};

/** Undefined with `deleteNode: false`. */
const deleteNode = async (state: NodeState, isHostTaken: boolean): Promise<Deletion | undefined> => {
  if (!state.input.task.request.deleteNode) {
    state.skip('deleteNode', 'deleteNode: false');
    return undefined;
  }
  let deletion: Deletion | undefined;
  const remove = async (mayRefuse: boolean): Promise<string> => {
    deletion = await deletePermanently(state, FIRST_DELETION, mayRefuse);
    return 'the Node is deleted';
  };
  if (isHostTaken) {
    await CancellationScope.nonCancellable(() => state.stepRegardless('deleteNode', () => remove(false)));
    return deletion;
  }
  await state.step('deleteNode', () =>
    passPointOfNoReturn(state, `deleting Node ${state.target.nodeName}`, () => remove(true)),
  );
  state.note(['the host was not cleaned: the node may rejoin when its kubelet restarts']);
  return deletion;
};

/** Counts from the deletion, so that the cleanup of the host is part of the time. Parks, and deletes the Node again, when it came back. */
const confirmStaysGone = async (state: NodeState, first: Deletion): Promise<string> => {
  const { context, waits } = state.input.task;
  const { staysGoneSeconds } = waits;
  for (let deletion = first; ;) {
    try {
      const { nodeName } = state.target;
      state.setMessage(`node ${nodeName} is deleted; verifying for ${staysGoneSeconds} s that it does not re-register`);
      const untilAt = deletion.at + staysGoneSeconds * 1000;
      const { isReturnSeen } = deletion.past;
      const gone = await pollingActivities.awaitNodeStaysGone(context, state.target, untilAt, isReturnSeen);
      state.note(gone.notes);
      // Absent in histories of earlier workers, too.
      state.remaining = gone.remaining;
      const message = `the Node did not re-register for ${staysGoneSeconds} s; its annotations were deleted with it`;
      const remaining = gone.remaining && describeRemaining(gone.remaining);
      return remaining === undefined ? message : `${message}; ${remaining}`;
    } catch (error) {
      deletion = await deleteAgain(state, deletion, error);
    }
  }
};

const finish = async (state: NodeState, isHostTaken: boolean, deletion?: Deletion): Promise<void> => {
  if (deletion) {
    await CancellationScope.nonCancellable(() =>
      state.stepRegardless('finish', () => confirmStaysGone(state, deletion)),
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

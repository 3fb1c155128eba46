import { CancellationScope } from '@temporalio/workflow';
import type { DeletionPast } from '../../activities/node/delete-node.ts';
import { FailureType } from '../../domain/run/failure-type.ts';
import { persistent, waiting } from '../runtime/activity-options.ts';
import { isFailureOfType } from '../runtime/failure-report.ts';
import { cleanHost, stopKubelet } from './host-steps.ts';
import type { NodeRun } from './node-state.ts';
import { passPointOfNoReturn } from './point-of-no-return.ts';

/**
 * From the last look to the end. The point of no return is the kubelet's stop where the host is cleaned, else the deletion of the Node:
 * what throws from here proves that nothing irrevocable was done, everything later parks for a person instead.
 */
export const removeNode = async (run: NodeRun): Promise<void> => {
  const isHostTaken = await stopKubelet(run);
  if (isHostTaken) run.phase = 'Finishing';
  await deleteNode(run, isHostTaken);
  if (isHostTaken) await cleanHost(run);
  await finish(run, isHostTaken);
};

const deleteNode = async (run: NodeRun, isHostTaken: boolean): Promise<void> => {
  if (!run.order.task.request.deleteNode) {
    run.skip('deleteNode', 'deleteNode: false');
    return;
  }
  if (isHostTaken) {
    await CancellationScope.nonCancellable(() => run.stepRegardless('deleteNode', () => deleteForGood(run, false)));
    return;
  }
  await run.step('deleteNode', () => passPointOfNoReturn(run, () => deleteForGood(run, true)));
  run.note(['the host was not cleaned: the node may rejoin when its kubelet restarts']);
};

/** `mayRefuse`: a refusal that proves that nothing was deleted still puts the node back. */
const deleteForGood = async (run: NodeRun, mayRefuse: boolean): Promise<string> => {
  const { context, waits } = run.order.task;
  let past: DeletionPast = { attemptedBefore: false, isReturnSeen: false };
  for (;;) {
    try {
      run.note((await persistent.deleteNode(context, run.target, past)).notes);
      run.phase = 'Finishing';
      run.say(`node ${run.target.nodeName} is deleted; it must stay gone for ${waits.staysGoneSeconds} s`);
      const untilAt = Date.now() + waits.staysGoneSeconds * 1000;
      run.note((await waiting.awaitNodeStaysGone(context, run.target, untilAt, past.isReturnSeen)).notes);
      return `the Node stayed gone for ${waits.staysGoneSeconds} s`;
    } catch (error) {
      const isProvenUndone = isFailureOfType(error, FailureType.NodeDeletionRefused, FailureType.NodeChanged);
      if (mayRefuse && isProvenUndone && !past.attemptedBefore) throw error;
      await run.park(error);
      const isReturnSeen = past.isReturnSeen || isFailureOfType(error, FailureType.NodeCameBack);
      past = { attemptedBefore: true, isReturnSeen };
    }
  }
};

const finish = async (run: NodeRun, isHostTaken: boolean): Promise<void> => {
  if (run.order.task.request.deleteNode) {
    await CancellationScope.nonCancellable(() =>
      run.stepRegardless('finish', () => Promise.resolve('nothing of ours is left: the marks went with the Node')),
    );
  } else if (isHostTaken) {
    await CancellationScope.nonCancellable(() => run.stepRegardless('finish', () => keepCordonedForGood(run)));
  } else {
    await run.step('finish', () => keepCordoned(run));
  }
};

/** `deleteNode: false`: the cordon stays and the outcome says so; only our marks go. */
const keepCordoned = async (run: NodeRun): Promise<string> => {
  // Once the marks are gone, no undo would know the earlier state: a cancel from here on comes too late.
  const release = await CancellationScope.nonCancellable(() =>
    persistent.releaseNodeKeepingCordon(run.order.task.context, run.target),
  );
  run.undo.push(release);
  run.note([`node ${run.target.nodeName} is drained and stays cordoned; its Node object is still there`]);
  return release.message;
};

/** The same where the kubelet is stopped already. */
const keepCordonedForGood = async (run: NodeRun): Promise<string> => {
  for (;;) {
    try {
      return await keepCordoned(run);
    } catch (error) {
      await run.park(error);
    }
  }
};

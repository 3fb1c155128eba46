import { CancellationScope, CancelledFailure } from '@temporalio/workflow';
import type { DeletionPast } from '../activities/delete-node.ts';
import { FailureType } from '../domain/failure-type.ts';
import { forward, persistent, waiting } from './activity-proxies.ts';
import { isFailureOfType } from './failure-report.ts';
import type { NodeRun } from './node-run.ts';

const HOST_CLEANUP_SKIPPED = 'hostCleanup: skip';

/**
 * From the last look to the end. Without host cleanup the deletion of the Node is the point of no return: what throws from here proves
 * that nothing was deleted, everything later parks for a person instead.
 */
export const removeNode = async (run: NodeRun): Promise<void> => {
  const { task } = run.order;
  run.skip('stopKubelet', HOST_CLEANUP_SKIPPED);
  if (!task.request.deleteNode) {
    await keepCordoned(run);
    return;
  }
  await run.step('deleteNode', async () => {
    do {
      await run.gate.pass();
      await forward.confirmDrained(task.context, task.request, run.target);
    } while (run.gate.paused);
    // Directly before the scope: a cancel that came meanwhile still counts.
    if (CancellationScope.current().consideredCancelled)
      throw new CancelledFailure('cancelled before the Node was deleted');
    return await CancellationScope.nonCancellable(() => deleteForGood(run));
  });
  run.skip('cleanHost', HOST_CLEANUP_SKIPPED);
  run.skip('verifyHost', HOST_CLEANUP_SKIPPED);
  run.note(['the host was not cleaned: the node may rejoin when its kubelet restarts']);
  await CancellationScope.nonCancellable(() =>
    run.stepRegardless('finish', () => Promise.resolve('nothing of ours is left: the marks went with the Node')),
  );
};

const deleteForGood = async (run: NodeRun): Promise<string> => {
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
      if (isProvenUndone && !past.attemptedBefore) throw error;
      await run.park(error);
      const isReturnSeen = past.isReturnSeen || isFailureOfType(error, FailureType.NodeCameBack);
      past = { attemptedBefore: true, isReturnSeen };
    }
  }
};

/** `deleteNode: false`: a drain. The cordon stays and the outcome says so; only our marks go. */
const keepCordoned = async (run: NodeRun): Promise<void> => {
  const { context } = run.order.task;
  run.skip('deleteNode', 'deleteNode: false');
  run.skip('cleanHost', HOST_CLEANUP_SKIPPED);
  run.skip('verifyHost', HOST_CLEANUP_SKIPPED);
  await run.step('finish', async () => {
    // Once the marks are gone, no undo would know the earlier state: a cancel from here on comes too late.
    const release = await CancellationScope.nonCancellable(() =>
      persistent.releaseNodeKeepingCordon(context, run.target),
    );
    run.undo.push(release);
    run.note([`node ${run.target.nodeName} is drained and stays cordoned; its Node object is still there`]);
    return release.message;
  });
};

import { CancellationScope } from '@temporalio/workflow';
import { toCountText } from '../../domain/text/count-text.ts';
import type { NodeReport } from '../../domain/run/report.ts';
import { waiting } from '../runtime/activity-options.ts';
import { definedFields } from '../runtime/defined-fields.ts';
import { drainNode } from './drain-node.ts';
import { isCancelledEnd } from '../runtime/failure-report.ts';
import { awaitUnmounted } from './host-steps.ts';
import type { NodeRun } from './node-state.ts';
import { removeNode } from './remove-node.ts';
import { undoEntry } from '../runtime/undo.ts';

/** The runbook of one node that is already protected and cordoned. Always returns a report. */
export const walkNode = async (run: NodeRun): Promise<NodeReport> => {
  try {
    await run.step('evict', () => drainNode(run));
    await run.step('detach', () => detachVolumes(run));
    await removeNode(run);
    return run.toReport('Decommissioned');
  } catch (error) {
    const outcome = isCancelledEnd(error) ? 'Cancelled' : 'RolledBack';
    return await CancellationScope.nonCancellable(() => putBack(run, outcome));
  }
};

const detachVolumes = async (run: NodeRun): Promise<string> => {
  const { context, waits } = run.order.task;
  const deadlineAt = Date.now() + waits.detachSeconds * 1000;
  await awaitUnmounted(run, deadlineAt);
  const volumeNames = [...run.volumeNames];
  if (volumeNames.length === 0) return 'the evicted pods used no PersistentVolume';
  await waiting.awaitVolumesDetached(context, { nodeName: run.target.nodeName, volumeNames, deadlineAt });
  return `detached: ${toCountText(volumeNames.length, 'volume')}`;
};

/** Reached only while nothing irrevocable has happened. */
const putBack = async (run: NodeRun, outcome: 'Cancelled' | 'RolledBack'): Promise<NodeReport> => {
  run.phase = 'Undoing';
  run.say(`putting node ${run.target.nodeName} back`);
  const { task, earlier } = run.order;
  const entry = { kind: 'cordon', target: run.target, ...definedFields({ earlier }) } as const;
  const [uncordoned] = await undoEntry(task.context, entry);
  if (uncordoned) run.undo.push(uncordoned);
  if (uncordoned?.status === 'Failed') return run.toReport('RollbackIncomplete');
  run.markUndone('cordon');
  return run.toReport(outcome);
};

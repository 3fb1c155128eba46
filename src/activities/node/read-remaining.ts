import type { Context } from '@temporalio/activity';
import { hasCollectable, toRemainingReport } from '../../domain/node/node-objects.ts';
import type { NodeTarget } from '../../domain/node/node-target.ts';
import type { RemainingReport } from '../../domain/run/report.ts';
import type { Cluster } from '../../ports/cluster.ts';

/** For the garbage collector, when the time in which the Node has to stay gone was too short for it. */
const MAX_ATTEMPTS = 6;
const PAUSE_MILLISECONDS = 1000;

/**
 * What other components still keep for a node whose Node is gone. Where the garbage collector has something to delete, it is read again for a
 * few seconds. Reads only.
 *
 * @throws CancelledFailure
 */
export const readRemaining = async (
  activity: Context,
  cluster: Cluster,
  { nodeName, nodeUid }: NodeTarget,
): Promise<RemainingReport> => {
  for (let attempt = 1; ; attempt += 1) {
    const found = await cluster.readNodeObjects(nodeName);
    // Requests of a cancelled activity are aborted: that proves nothing about the cluster.
    if (activity.cancellationSignal.aborted) await activity.cancelled;
    if (attempt === MAX_ATTEMPTS || !hasCollectable(found, nodeUid)) return toRemainingReport(found, nodeUid);
    await activity.sleep(PAUSE_MILLISECONDS);
  }
};

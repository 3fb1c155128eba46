import { toPodName } from '../../domain/cluster/pod-state.ts';
import type { PodFacts } from '../../domain/cluster/facts.ts';
import { toDeletionMoment } from '../../domain/eviction/deletion-moment.ts';
import type { Cluster } from '../../ports/cluster.ts';
import { isClusterFailure } from '../../ports/cluster-failure.ts';
import type { EvictionEntry } from './eviction-entry.ts';

const RETRY_MILLISECONDS = 1000;

/**
 * Deletes the pod of an entry with its own grace period, without regard to its budgets (`onTimeout: delete`), and records that. A failure is shown
 * beside the wait, and the pod is tried again a second later. Never rejects. `now`: milliseconds since the epoch.
 */
export const deleteAtDeadline = async (cluster: Cluster, entry: EvictionEntry, now: () => number): Promise<void> => {
  const { pod } = entry.request;
  const { message } = entry.progress;
  try {
    const answer = await cluster.deletePod(pod);
    if (answer !== 'accepted') return;
    entry.noteDeletionFailure('');
    entry.report({
      state: 'Terminating',
      message: 'deleted shortly before the deadline, without regard to its budgets; waiting for the pod to terminate',
      deletedAt: new Date(now()).toISOString(),
    });
    entry.addNote(`pod ${toPodName(pod)} was deleted shortly before the deadline (onTimeout: delete): ${message}`);
  } catch (error) {
    const reason = isClusterFailure(error) ? error.message : String(error);
    entry.deleteNotBefore = now() + RETRY_MILLISECONDS;
    entry.noteDeletionFailure(`its deletion before the deadline failed: ${reason}`);
  }
};

/** When the pod of an entry is to be deleted, in milliseconds since the epoch; Infinity: never, or not again. `pod`: undefined while it is unknown. */
export const toMomentOfDeletion = (
  { addedAt, request, progress }: EvictionEntry,
  pod: PodFacts | undefined,
): number => {
  const { deadlineAt, deletesAtDeadline, startedAt = addedAt } = request;
  if (!pod || deadlineAt === undefined || deletesAtDeadline !== true) return Infinity;
  return progress.deletedAt === undefined ? toDeletionMoment(pod, { startedAt, deadlineAt }) : Infinity;
};

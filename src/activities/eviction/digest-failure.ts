import { isClusterFailure } from '../../ports/cluster-failure.ts';
import type { EvictionEntry } from './eviction-entry.ts';

/**
 * Records in the entry why an eviction was not sent: the wait before the next try, or the failure.
 * `now`: milliseconds since the epoch. Returns `refused` when retrying cannot succeed, else `pending`.
 */
export const digestFailure = (entry: EvictionEntry, error: unknown, now: number): 'pending' | 'refused' => {
  if (isClusterFailure(error) && error.retryable) {
    entry.backOff(now, error.retryAfterSeconds, undefined);
    entry.report({ state: 'Queued', message: `the desired replicas of its workload cannot be read: ${error.message}` });
    return 'pending';
  }
  // The refusal of a single replica, a missing right, or a defect: the pod's activity fails with it.
  entry.fail(error);
  return 'refused';
};

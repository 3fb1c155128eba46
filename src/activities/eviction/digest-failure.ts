import { isClusterFailure } from '../../ports/cluster-failure.ts';
import type { EvictionEntry } from './eviction-entry.ts';

/**
 * Writes what kept an eviction from being sent into the entry: the wait before the next try, or the failure.
 * `now`: milliseconds since the epoch. Gives `refused` when no further try makes sense.
 */
export const digestFailure = (entry: EvictionEntry, error: unknown, now: number): 'goesOn' | 'refused' => {
  if (isClusterFailure(error) && error.retryable) {
    entry.backOff(now, error.retryAfterSeconds);
    entry.report({ state: 'Queued', message: `not known how many replicas its workload wants: ${error.message}` });
    return 'goesOn';
  }
  // The refusal of a single replica, a missing right, or a defect: whoever waits for the pod gets it.
  entry.fail(error);
  return 'refused';
};

import type { PodReport } from '../run/report.ts';

/**
 * What is known of a pod whose eviction activity was lost with its worker, by the details of its last heartbeat: accepted ones are not
 * called untouched. `undefined` when nothing speaks for an eviction. Never throws: the details are whatever was recorded.
 */
export const toLostEviction = (
  lastHeartbeatDetails: unknown,
): Pick<PodReport, 'outcome' | 'evictedAt' | 'message'> | undefined => {
  if (typeof lastHeartbeatDetails !== 'object' || lastHeartbeatDetails === null) return undefined;
  const { acceptedAt, unansweredAt } = lastHeartbeatDetails as { acceptedAt?: unknown; unansweredAt?: unknown };
  if (typeof acceptedAt === 'string') {
    const message = 'evicted; its worker was lost before the pod was seen to be gone';
    return { outcome: 'Terminating', evictedAt: acceptedAt, message };
  }
  if (typeof unansweredAt !== 'string') return undefined;
  return {
    outcome: 'NotEvicted',
    message: `its worker was lost after an eviction was sent at ${unansweredAt}: it may have been carried out`,
  };
};

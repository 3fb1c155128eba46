import type { PodReport } from '../run/report.ts';

/**
 * What the last heartbeat details reveal about a pod whose eviction activity was lost with its worker, so that an accepted eviction is
 * not reported as untouched. `undefined` when no eviction was sent. Never throws: the details can be any recorded value.
 */
export const toLostEviction = (
  lastHeartbeatDetails: unknown,
): Pick<PodReport, 'outcome' | 'evictedAt' | 'message'> | undefined => {
  if (typeof lastHeartbeatDetails !== 'object' || lastHeartbeatDetails === null) return undefined;
  const { acceptedAt, unansweredAt } = lastHeartbeatDetails as { acceptedAt?: unknown; unansweredAt?: unknown };
  if (typeof acceptedAt === 'string') {
    const message = 'evicted; the worker was lost before the pod was confirmed gone';
    return { outcome: 'Terminating', evictedAt: acceptedAt, message };
  }
  if (typeof unansweredAt !== 'string') return undefined;
  return {
    outcome: 'NotEvicted',
    message: `the worker was lost after it sent an eviction at ${unansweredAt}; the eviction may have taken effect`,
  };
};

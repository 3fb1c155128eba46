import { toShortList } from '../text/counts.ts';
import { toRangeText } from './describe-estimate.ts';
import type { TimeRange } from './drain-estimate.ts';
import type { PaceChange, RemainingTime, Unpredictable } from './remaining-time.ts';
import { toRoughDuration } from './rough-duration.ts';

const MAX_WAITS = 2;

/**
 * E.g. `about 3 minutes left (estimated 5 to 6 minutes at the start; replacements of shop/Deployment/web need about 70 s instead of 40 s)`.
 * `estimate`: of the plan. Without a full stop. Pure.
 */
export const describeRemaining = (remaining: RemainingTime, estimate: TimeRange): string => {
  const range = toRangeText(estimate);
  if (remaining.kind !== 'left') return describeUnpredictable(remaining, range);
  const { likelySeconds, longestSeconds, change } = remaining;
  const left =
    likelySeconds < 1
      ? `at most ${toRoughDuration(longestSeconds)} left`
      : `about ${toRoughDuration(likelySeconds)} left`;
  const reasons = [
    ...(range === undefined ? [] : [`estimated ${range} at the start`]),
    ...(change === undefined ? [] : [toChangeText(change)]),
  ];
  return reasons.length === 0 ? left : `${left} (${reasons.join('; ')})`;
};

const describeUnpredictable = ({ kind, waitingFor }: Unpredictable, range: string | undefined): string => {
  const estimated = range === undefined ? '' : ` (${range})`;
  const what = kind === 'overdue' ? `longer than estimated${estimated}` : 'time left unknown';
  return `${what}: waiting for ${toShortList(waitingFor, MAX_WAITS, '; ')}`;
};

const toChangeText = ({ workloads, observedSeconds, estimatedSeconds }: PaceChange): string =>
  `replacements of ${workloads.join(', ')} need about ${toRoughDuration(observedSeconds)} to become Ready instead of ${toRoughDuration(estimatedSeconds)}`;

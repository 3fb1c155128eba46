import { toCountText, toShortList } from '../text/counts.ts';
import type { BudgetTurns, DrainEstimate, TimeRange } from './drain-estimate.ts';
import { toRoughDuration, toRoughRange } from './rough-duration.ts';

const NAMED_WORKLOADS = 3;

/**
 * E.g. `2 to 6 minutes: shop/Deployment/web in 3 rounds of about 40 s (budget shop/web-pdb allows 2 of 5 evictions at a time); grace period up
 * to 30 s`. Without a full stop. Pure.
 */
export const describeEstimate = (estimate: DrainEstimate): string => {
  const range = toRangeText(estimate);
  if (range === undefined) return `unknown: ${estimate.unknown.join('; ')}`;
  const { replacedFirst = [], turns } = estimate;
  const [slowest] = turns;
  const first =
    replacedFirst.length === 0 ? '' : `a second replica of ${toShortList(replacedFirst, NAMED_WORKLOADS)} first; `;
  const rounds = slowest === undefined ? 'no budget delays an eviction' : describeTurns(slowest);
  const grace = estimate.graceSeconds === 0 ? '' : `; grace period up to ${toRoughDuration(estimate.graceSeconds)}`;
  return `${range}: ${first}${rounds}${grace}`;
};

/** E.g. `2 to 6 minutes`; undefined: unknown. Pure. */
export const toRangeText = ({ likelySeconds, longestSeconds }: TimeRange): string | undefined =>
  likelySeconds === undefined || longestSeconds === undefined ? undefined : toRoughRange(likelySeconds, longestSeconds);

/** Which budget or limit delays which workload, in how many rounds. Pure. */
export const describeTurns = ({ budget, workloads, evictions, atOnce, rounds, recovery }: BudgetTurns): string => {
  const pace = recovery === undefined ? '' : ` of about ${toRoughDuration(recovery.likelySeconds)}`;
  const limit = budget === undefined ? 'maxUnavailable' : `budget ${budget}`;
  const allows = `${limit} allows ${atOnce} of ${toCountText(evictions, 'eviction')} at a time`;
  return `${workloads.join(', ')} in ${toCountText(rounds, 'round')}${pace} (${allows})`;
};

import type { NodePlan } from '../../domain/plan/decommission-plan.ts';
import { toCountText } from '../../domain/text/counts.ts';

const COUNTED = [
  ['evict', 'to evict'],
  ['wait', 'already terminating'],
  ['stay', 'staying'],
  ['refuse', 'refused'],
] as const;

/** E.g. `4 pods, 3 to evict, 1 staying`. A large plan does not list every pod: `110 pods, 110 not listed`. Pure. */
export const toPodCounts = ({ pods, unlistedPodCount = 0 }: Pick<NodePlan, 'pods' | 'unlistedPodCount'>): string => {
  const total = pods.length + unlistedPodCount;
  if (total === 0) return 'no pods';
  const counts = COUNTED.map(([disposition, text]) => {
    const count = pods.filter((pod) => pod.disposition === disposition).length;
    return count === 0 ? '' : `${count} ${text}`;
  });
  const unlisted = unlistedPodCount === 0 ? '' : `${unlistedPodCount} not listed`;
  return [toCountText(total, 'pod'), ...counts, unlisted].filter((text) => text !== '').join(', ');
};

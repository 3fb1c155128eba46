import type { PodPlan } from '../../domain/plan/decommission-plan.ts';
import { toCountText } from '../../domain/text/counts.ts';

const COUNTED = [
  ['evict', 'to evict'],
  ['wait', 'already terminating'],
  ['stay', 'staying'],
  ['refuse', 'refused'],
] as const;

/** E.g. `4 pods, 3 to evict, 1 staying`. Pure. */
export const toPodCounts = (pods: readonly PodPlan[]): string => {
  if (pods.length === 0) return 'no pods';
  const counts = COUNTED.map(([disposition, text]) => {
    const count = pods.filter((pod) => pod.disposition === disposition).length;
    return count === 0 ? '' : `${count} ${text}`;
  });
  return `${toCountText(pods.length, 'pod')}, ${counts.filter((text) => text !== '').join(', ')}`;
};

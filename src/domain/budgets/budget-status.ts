import type { DisruptionBudgetFacts } from '../cluster/facts.ts';
import { toUnavailableCount } from './max-unavailable.ts';

export type BudgetStatus = Pick<
  DisruptionBudgetFacts,
  'expectedPods' | 'currentHealthy' | 'desiredHealthy' | 'disruptionsAllowed'
>;

/** What the disruption controller writes for these numbers of pods (k/k `getExpectedPodCount` in `pkg/controller/disruption`). Pure. */
export const toBudgetStatus = (
  { minAvailable, maxUnavailable }: Pick<DisruptionBudgetFacts, 'minAvailable' | 'maxUnavailable'>,
  { expectedPods, currentHealthy }: Pick<BudgetStatus, 'expectedPods' | 'currentHealthy'>,
): BudgetStatus => {
  const ofAll = (value: number | string): number => toUnavailableCount(value, expectedPods);
  const desiredHealthy = Math.max(
    0,
    maxUnavailable === undefined ? ofAll(minAvailable ?? 0) : expectedPods - ofAll(maxUnavailable),
  );
  const disruptionsAllowed = Math.max(0, currentHealthy - desiredHealthy);
  return { expectedPods, currentHealthy, desiredHealthy, disruptionsAllowed };
};

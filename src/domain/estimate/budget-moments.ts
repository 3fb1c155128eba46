import { toBudgetName } from '../budgets/covering.ts';
import type { DisruptionBudgetFacts } from '../cluster/facts.ts';
import type { BudgetForecast } from '../plan/decommission-plan.ts';
import type { Recovery } from './drain-estimate.ts';
import type { BudgetMoments, LeavingPod } from './to-drain-times.ts';

/** By `namespace/name`: the budgets that these pods are charged for, and how many evictions each allows at a time, and when. Pure. */
export const toBudgetMoments = (
  pods: readonly LeavingPod[],
  budgets: readonly DisruptionBudgetFacts[],
  forecasts: readonly BudgetForecast[],
): ReadonlyMap<string, BudgetMoments> => {
  const podsByBudget = new Map<string, LeavingPod[]>();
  for (const pod of pods) {
    for (const budget of pod.budgets) {
      const charged = podsByBudget.get(budget);
      if (charged === undefined) podsByBudget.set(budget, [pod]);
      else charged.push(pod);
    }
  }
  const verdicts = new Map(forecasts.map((forecast) => [toBudgetName(forecast), forecast.verdict]));
  return new Map(
    budgets.flatMap((budget) => {
      const name = toBudgetName(budget);
      const charged = podsByBudget.get(name);
      return charged === undefined ? [] : [[name, toMoments(budget, charged, verdicts.get(name))]];
    }),
  );
};

const toMoments = (
  budget: DisruptionBudgetFacts,
  charged: readonly LeavingPod[],
  verdict: BudgetForecast['verdict'] | undefined,
): BudgetMoments => {
  if (verdict === 'never' || verdict === 'unknown') return { atOnce: 0, firstAfter: AT_ONCE, verdict };
  const allowed = budget.disruptionsAllowed;
  if (allowed > 0) return { atOnce: Math.min(allowed, charged.length), firstAfter: AT_ONCE };
  const usual = Math.max(1, budget.expectedPods - budget.desiredHealthy);
  // Pods that are not Ready keep it from allowing any: they become Ready as fast as others of their workload did.
  const firstAfter = toSlowest(charged.map(({ recovery = UNKNOWN }) => recovery));
  return { atOnce: Math.min(usual, charged.length), firstAfter };
};

const AT_ONCE: Recovery = { likelySeconds: 0, longestSeconds: 0 };

const UNKNOWN: Recovery = { likelySeconds: Infinity, longestSeconds: Infinity };

/** Of at least one. Pure. */
export const toSlowest = (recoveries: readonly Recovery[]): Recovery => ({
  likelySeconds: Math.max(...recoveries.map(({ likelySeconds }) => likelySeconds)),
  longestSeconds: Math.max(...recoveries.map(({ longestSeconds }) => longestSeconds)),
});

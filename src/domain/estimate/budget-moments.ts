import { toBudgetName } from '../budgets/covering.ts';
import type { DisruptionBudgetFacts } from '../cluster/facts.ts';
import type { BudgetForecast } from '../plan/decommission-plan.ts';
import type { Recovery } from './drain-estimate.ts';
import type { LimitFacts } from './owner-limits.ts';
import type { BudgetMoments, LeavingPod } from './to-drain-times.ts';

export interface MomentFacts {
  readonly budgets: readonly DisruptionBudgetFacts[];
  readonly forecasts: readonly BudgetForecast[];
  readonly limits: readonly LimitFacts[];
}

/** By name: the budgets and limits that these pods are charged for, and how many evictions each allows at a time, and when. Pure. */
export const toBudgetMoments = (
  pods: readonly LeavingPod[],
  { budgets, forecasts, limits }: MomentFacts,
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
  const ofBudgets = budgets.flatMap((budget): readonly Entry[] => {
    const name = toBudgetName(budget);
    const charged = podsByBudget.get(name);
    return charged === undefined ? [] : [[name, toMoments(budget, charged, verdicts.get(name))]];
  });
  const ofLimits = limits.flatMap((limit): readonly Entry[] => {
    const charged = podsByBudget.get(limit.name);
    return charged === undefined ? [] : [[limit.name, toPace(limit, charged)]];
  });
  return new Map([...ofBudgets, ...ofLimits]);
};

type Entry = readonly [string, BudgetMoments];

const toMoments = (
  budget: DisruptionBudgetFacts,
  charged: readonly LeavingPod[],
  verdict: BudgetForecast['verdict'] | undefined,
): BudgetMoments => {
  if (verdict === 'never' || verdict === 'unknown') return { atOnce: 0, firstAfter: AT_ONCE, verdict };
  const usual = Math.max(1, budget.expectedPods - budget.desiredHealthy);
  return toPace({ allowedNow: budget.disruptionsAllowed, usual }, charged);
};

const toPace = (
  { allowedNow, usual }: Pick<LimitFacts, 'allowedNow' | 'usual'>,
  charged: readonly LeavingPod[],
): BudgetMoments => {
  if (allowedNow > 0) return { atOnce: Math.min(allowedNow, charged.length), firstAfter: AT_ONCE };
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

import type { DisruptionBudgetFacts, PodFacts } from '../cluster/facts.ts';
import type { BudgetForecast } from '../plan/decommission-plan.ts';
import { compareText } from '../text/compare-text.ts';
import { coveringBudgets, toBudgetName } from './covering.ts';
import { allowsUnhealthyEviction, ignoresBudgets } from '../eviction/judge-eviction.ts';
import { findWorkload, type WorkloadIndex } from '../cluster/workload-index.ts';

type ForecastVerdict = Pick<BudgetForecast, 'verdict' | 'message'>;

/**
 * For each existing budget that covers one of the pods: the disruptions that it allows now and those that the pods need, by namespace and
 * name. Pods whose eviction is not charged (pending, finished, unhealthy ones where the budget allows it) need none. With the `index`,
 * replicas of the workload that do not run yet count as possible.
 */
export const forecastBudgets = (
  podsToEvict: readonly PodFacts[],
  budgets: readonly DisruptionBudgetFacts[],
  index: WorkloadIndex = {},
): readonly BudgetForecast[] => {
  const covered = new Map<DisruptionBudgetFacts, PodFacts[]>();
  for (const pod of podsToEvict) {
    for (const budget of coveringBudgets(pod, budgets)) covered.set(budget, [...(covered.get(budget) ?? []), pod]);
  }
  return [...covered]
    .map(([budget, pods]) => forecastBudget(budget, pods, index))
    .sort((a, b) => compareText(a.namespace, b.namespace) || compareText(a.name, b.name));
};

const forecastBudget = (
  budget: DisruptionBudgetFacts,
  pods: readonly PodFacts[],
  index: WorkloadIndex,
): BudgetForecast => {
  const needed = pods.filter((pod) => isCharged(pod, budget)).length;
  const { namespace, name, disruptionsAllowed: allowedNow } = budget;
  return { namespace, name, allowedNow, needed, ...judgeForecast(budget, needed, possiblePods(budget, pods, index)) };
};

const isCharged = (pod: PodFacts, budget: DisruptionBudgetFacts): boolean =>
  !ignoresBudgets(pod) && (pod.ready || !allowsUnhealthyEviction(budget));

const judgeForecast = (budget: DisruptionBudgetFacts, needed: number, possible: number): ForecastVerdict => {
  const allowed = budget.disruptionsAllowed;
  const subject = `budget ${toBudgetName(budget)} allows ${allowed} of ${needed} evictions now`;
  const healthy = `${budget.currentHealthy} of ${budget.expectedPods} healthy, ${budget.desiredHealthy} needed`;
  if (needed === 0) return { verdict: 'enough', message: subject };
  if (budget.observedGeneration < budget.generation) {
    return { verdict: 'unknown', message: `${subject}: the disruption controller has not processed it yet` };
  }
  if (budget.syncFailed) {
    return { verdict: 'never', message: `${subject}: the disruption controller cannot count its pods (SyncFailed)` };
  }
  if (allowed >= needed) return { verdict: 'enough', message: subject };
  if (allowed > 0) return { verdict: 'inTurns', message: `${subject}: the others follow as replacements become ready` };
  return possible <= budget.desiredHealthy
    ? { verdict: 'never', message: `${subject}: ${healthy}, so waiting cannot help` }
    : { verdict: 'waits', message: `${subject}: ${healthy}, so evictions wait until more are healthy` };
};

/**
 * The maximum number of healthy pods, with all replicas running. If it does not exceed what the budget needs, no disruption is ever
 * allowed: `maxUnavailable: 0`, or `minAvailable` = replicas. Wider than the check of Gardener's machine-controller-manager (healthy >=
 * expected and still none allowed), which misses a deadlock while a pod is unhealthy.
 */
const possiblePods = (budget: DisruptionBudgetFacts, pods: readonly PodFacts[], index: WorkloadIndex): number => {
  const replicasByUid = new Map<string, number>();
  for (const pod of pods) {
    const workload = findWorkload(pod, index);
    if (workload?.replicas !== undefined) replicasByUid.set(workload.uid, workload.replicas);
  }
  const wanted = [...replicasByUid.values()].reduce((sum, replicas) => sum + replicas, 0);
  return Math.max(budget.expectedPods, wanted);
};

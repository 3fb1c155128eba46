import type { DisruptionBudgetFacts } from '../cluster/facts.ts';
import { toBudgetStatus } from './budget-status.ts';
import { countReplicas, podsUnder, type BudgetSurroundings } from './budget-pods.ts';
import type { BudgetDecision, CreateBudget } from './decision.ts';

/**
 * The budgets that the run would create, with the status that the disruption controller would write for the pods that there are now (k/k
 * `pkg/controller/disruption`). Pure.
 */
export const toCreatedBudgets = (
  decisions: readonly BudgetDecision[],
  surroundings: BudgetSurroundings,
): readonly DisruptionBudgetFacts[] =>
  decisions
    .filter((decision) => decision.action === 'create')
    .map((decision) => toCreatedBudget(decision, surroundings));

const toCreatedBudget = (decision: CreateBudget, surroundings: BudgetSurroundings): DisruptionBudgetFacts => {
  const { namespace, name, selector, maxUnavailable } = decision;
  const pods = podsUnder(decision, surroundings);
  const expectedPods = Math.max(countReplicas(pods, surroundings.index), pods.length);
  const currentHealthy = pods.filter(({ ready }) => ready).length;
  const status = toBudgetStatus({ maxUnavailable }, { expectedPods, currentHealthy });
  return { ...PROCESSED_BUDGET, namespace, name, selector, ...status };
};

/** Unhealthy pods are not charged, as in every budget that a run creates. */
const PROCESSED_BUDGET = {
  uid: '',
  resourceVersion: '',
  generation: 1,
  observedGeneration: 1,
  labels: {},
  annotations: {},
  unhealthyPodEvictionPolicy: 'AlwaysAllow',
  disruptedPods: [],
  deleting: false,
} as const;

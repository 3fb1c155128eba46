import type { DisruptionBudgetFacts, WorkloadFacts } from '../cluster/facts.ts';
import { isSameSelector } from '../cluster/label-selector.ts';

/**
 * Whether one of these budgets shows that the workload still wants several pods: the disruption controller takes `status.expectedPods` from the
 * scale of the workload, each time that one of its pods changes. Only a budget that selects exactly the pods of the workload counts, and only
 * one that the controller has processed. Pure.
 */
export const areSeveralExpected = (
  budgets: readonly DisruptionBudgetFacts[],
  { selector }: Pick<WorkloadFacts, 'selector'>,
): boolean =>
  selector !== undefined &&
  budgets.some((budget) => budget.expectedPods > 1 && isProcessed(budget) && isSameSelector(budget.selector, selector));

const isProcessed = ({ deleting, observedGeneration, generation, syncFailure }: DisruptionBudgetFacts): boolean =>
  !deleting && observedGeneration >= generation && syncFailure === undefined;

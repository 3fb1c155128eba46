import { MANAGED_BY, MANAGED_BY_LABEL, toTaskAnnotation } from '../cluster/annotations.ts';
import type { DisruptionBudgetFacts } from '../cluster/facts.ts';
import { toBudgetName } from './covering.ts';
import { isAsCreated } from './release.ts';

export interface YieldingBudget {
  readonly budget: DisruptionBudgetFacts;
  /** `namespace/name` of the budgets of other clients that select the same pod. */
  readonly others: readonly string[];
}

/**
 * The budget of this task that has to go, given those that select one pod: the owner has added one of their own since, and two block every
 * eviction. Undefined when all are the owner's, when all are of tasks, and when another client has edited this task's budget. Pure.
 */
export const findYielding = (
  covering: readonly DisruptionBudgetFacts[],
  taskId: string,
): YieldingBudget | undefined => {
  const isOfTask = ({ labels }: DisruptionBudgetFacts): boolean => labels[MANAGED_BY_LABEL] === MANAGED_BY;
  const budget = covering.find(
    (each) => isOfTask(each) && toTaskAnnotation(taskId) in each.annotations && isAsCreated(each) && !each.deleting,
  );
  const others = covering.filter((each) => !isOfTask(each) && !each.deleting).map(toBudgetName);
  return budget === undefined || others.length === 0 ? undefined : { budget, others };
};

/** For the report. */
export const describeYielding = ({ budget, others }: YieldingBudget): string =>
  `this task's budget ${toBudgetName(budget)} was removed during the drain: ${others.join(' and ')} of another client now ${others.length === 1 ? 'selects' : 'select'} the same pods, and two budgets would block every eviction`;

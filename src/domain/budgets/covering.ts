import type { DisruptionBudgetFacts, PodFacts } from '../cluster/facts.ts';
import { compareText } from '../text/compare-text.ts';
import { matchesLabelSelector } from '../cluster/label-selector.ts';

/** In `policy/v1` an empty selector selects every pod of the namespace. */
export const covers = (
  { namespace, selector }: Pick<DisruptionBudgetFacts, 'namespace' | 'selector'>,
  pod: Pick<PodFacts, 'namespace' | 'labels'>,
): boolean => namespace === pod.namespace && matchesLabelSelector(pod.labels, selector);

/** The budgets of the pod's namespace that select it, by name. */
export const coveringBudgets = (
  pod: Pick<PodFacts, 'namespace' | 'labels'>,
  budgets: readonly DisruptionBudgetFacts[],
): readonly DisruptionBudgetFacts[] =>
  budgets.filter((budget) => covers(budget, pod)).sort((a, b) => compareText(a.name, b.name));

/** `namespace/name`. */
export const toBudgetName = (budget: { readonly namespace: string; readonly name: string }): string =>
  `${budget.namespace}/${budget.name}`;

import type { DisruptionBudgetFacts, PodFacts } from '../cluster/facts.ts';
import { compareText } from '../text/compare-text.ts';
import { matchesLabelSelector } from '../cluster/label-selector.ts';

/** The budgets of the pod's namespace that select it, by name. In `policy/v1` an empty selector selects every pod of the namespace. */
export const coveringBudgets = (
  pod: Pick<PodFacts, 'namespace' | 'labels'>,
  budgets: readonly DisruptionBudgetFacts[],
): readonly DisruptionBudgetFacts[] =>
  budgets
    .filter(({ namespace, selector }) => namespace === pod.namespace && matchesLabelSelector(pod.labels, selector))
    .sort((a, b) => compareText(a.name, b.name));

/** `namespace/name`. */
export const toBudgetName = (budget: { readonly namespace: string; readonly name: string }): string =>
  `${budget.namespace}/${budget.name}`;

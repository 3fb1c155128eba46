import type { DisruptionBudgetFacts, LabelSelector } from './facts.ts';
import {
  BUDGET_SPEC_HASH_ANNOTATION,
  isTaskAnnotation,
  MANAGED_BY,
  MANAGED_BY_LABEL,
  toTaskAnnotation,
} from './names.ts';
import { toStableHash } from './stable-hash.ts';

interface BudgetSpec {
  readonly selector?: LabelSelector;
  readonly minAvailable?: number | string;
  readonly maxUnavailable?: number | string;
  readonly unhealthyPodEvictionPolicy: string;
}

/** Hash of what a budget asks for; written beside a budget of ours, so that a later edit by somebody else is seen. */
export const toBudgetSpecHash = (spec: BudgetSpec): string => {
  const labels = Object.entries(spec.selector?.matchLabels ?? {}).sort();
  const expressions = (spec.selector?.matchExpressions ?? []).map(({ key, operator, values }) => [
    key,
    operator,
    [...values].sort(),
  ]);
  return toStableHash(
    JSON.stringify([
      labels,
      expressions.sort(),
      spec.minAvailable,
      spec.maxUnavailable,
      spec.unhealthyPodEvictionPolicy,
    ]),
  );
};

export type BudgetRelease =
  | { readonly kind: 'delete' }
  | { readonly kind: 'removeAnnotation'; readonly kept?: string }
  | { readonly kind: 'nothing'; readonly kept?: string };

/**
 * How a task lets go of a budget. Deleted only if we made it, nobody edited it and no other task uses it; otherwise only our
 * annotation goes. `kept` is the sentence for a budget that stays although we made it.
 */
export const planBudgetRelease = (budget: DisruptionBudgetFacts, taskId: string): BudgetRelease => {
  const isOurs = budget.labels[MANAGED_BY_LABEL] === MANAGED_BY;
  const annotation = toTaskAnnotation(taskId);
  if (!(annotation in budget.annotations)) {
    return isOurs
      ? { kind: 'nothing', kept: "it does not carry our annotation any more, so it is somebody else's now" }
      : { kind: 'nothing' };
  }
  if (!isOurs) return { kind: 'removeAnnotation' };
  const otherTasks = Object.keys(budget.annotations).filter((key) => isTaskAnnotation(key) && key !== annotation);
  if (otherTasks.length > 0) return { kind: 'removeAnnotation', kept: `still used by ${otherTasks.join(', ')}` };
  if (budget.annotations[BUDGET_SPEC_HASH_ANNOTATION] !== toBudgetSpecHash(budget)) {
    return { kind: 'removeAnnotation', kept: 'somebody edited it, so it stays without our annotation' };
  }
  return { kind: 'delete' };
};

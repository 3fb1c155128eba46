import type { DisruptionBudgetFacts, LabelSelector } from '../cluster/facts.ts';
import {
  BUDGET_SPEC_HASH_ANNOTATION,
  isTaskAnnotation,
  MANAGED_BY,
  MANAGED_BY_LABEL,
  TASK_ANNOTATION_VALUE,
  toTaskAnnotation,
} from '../cluster/annotations.ts';
import { toStableHash } from '../text/stable-hash.ts';

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
 * How a task lets go of a budget. Deleted only if we made it, it is as we left it and no other task uses it; otherwise only our
 * annotation goes, and not even that when somebody has written another value into it. `kept` is the sentence for what stays against
 * expectation.
 */
export const planBudgetRelease = (budget: DisruptionBudgetFacts, taskId: string): BudgetRelease => {
  const isOurs = wasMadeByUs(budget);
  const annotation = toTaskAnnotation(taskId);
  if (!(annotation in budget.annotations)) {
    return isOurs
      ? { kind: 'nothing', kept: "it does not carry our annotation any more, so it is somebody else's now" }
      : { kind: 'nothing' };
  }
  if (budget.annotations[annotation] !== TASK_ANNOTATION_VALUE) {
    return { kind: 'nothing', kept: `somebody changed the value of ${annotation} on it, so it is kept as it is now` };
  }
  if (!isOurs) return { kind: 'removeAnnotation' };
  const otherTasks = Object.keys(budget.annotations).filter((key) => isTaskAnnotation(key) && key !== annotation);
  if (otherTasks.length > 0) return { kind: 'removeAnnotation', kept: `still used by ${otherTasks.join(', ')}` };
  const edits = findEdits(budget);
  return edits.length > 0
    ? { kind: 'removeAnnotation', kept: `somebody edited it (${edits.join(', ')}), so it stays without our annotation` }
    : { kind: 'delete' };
};

/** One of the two marks that we write is enough: whoever took the other off has edited it. */
const wasMadeByUs = ({ labels, annotations }: DisruptionBudgetFacts): boolean =>
  labels[MANAGED_BY_LABEL] === MANAGED_BY || BUDGET_SPEC_HASH_ANNOTATION in annotations;

/** What is not as we wrote it; the annotations of tasks come and go. */
const findEdits = (budget: DisruptionBudgetFacts): readonly string[] => {
  const isSpecEdited = budget.annotations[BUDGET_SPEC_HASH_ANNOTATION] !== toBudgetSpecHash(budget);
  const labels = [...new Set([...Object.keys(budget.labels), MANAGED_BY_LABEL])].filter(
    (key) => key !== MANAGED_BY_LABEL || budget.labels[key] !== MANAGED_BY,
  );
  const annotations = Object.keys(budget.annotations).filter(
    (key) => !isTaskAnnotation(key) && key !== BUDGET_SPEC_HASH_ANNOTATION,
  );
  return [...(isSpecEdited ? ['spec'] : []), ...toEdit('labels', labels), ...toEdit('annotations', annotations)];
};

const toEdit = (what: string, keys: readonly string[]): readonly string[] =>
  keys.length === 0 ? [] : [`${what} ${keys.join(' and ')}`];

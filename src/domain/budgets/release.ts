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

/** Hash of the spec; written to each budget that a task creates, so that a later edit by another client is detected. */
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
 * How a task releases a budget. It is deleted only if a task created it, it is unchanged and no other task uses it; otherwise only this
 * task's annotation is removed, and not even that when another client changed its value. `kept`: why something unexpectedly stays, as a
 * sentence.
 */
export const planBudgetRelease = (budget: DisruptionBudgetFacts, taskId: string): BudgetRelease => {
  const isOurs = wasCreatedByTask(budget);
  const annotation = toTaskAnnotation(taskId);
  if (!(annotation in budget.annotations)) {
    return isOurs
      ? { kind: 'nothing', kept: "another client removed this task's annotation, so the budget is kept" }
      : { kind: 'nothing' };
  }
  if (budget.annotations[annotation] !== TASK_ANNOTATION_VALUE) {
    return {
      kind: 'nothing',
      kept: `another client changed the value of annotation ${annotation}, so the budget is kept unchanged`,
    };
  }
  if (!isOurs) return { kind: 'removeAnnotation' };
  const otherTasks = Object.keys(budget.annotations).filter((key) => isTaskAnnotation(key) && key !== annotation);
  if (otherTasks.length > 0) return { kind: 'removeAnnotation', kept: `still used by ${otherTasks.join(', ')}` };
  const edits = findEdits(budget);
  return edits.length > 0
    ? {
        kind: 'removeAnnotation',
        kept: `another client edited it (${edits.join(', ')}), so it is kept without this task's annotation`,
      }
    : { kind: 'delete' };
};

/** One of the two marks that a task writes is enough: a missing one counts as an edit. */
const wasCreatedByTask = ({ labels, annotations }: DisruptionBudgetFacts): boolean =>
  labels[MANAGED_BY_LABEL] === MANAGED_BY || BUDGET_SPEC_HASH_ANNOTATION in annotations;

/** A task created it, and no other client has edited it. */
export const isAsCreated = (budget: DisruptionBudgetFacts): boolean =>
  wasCreatedByTask(budget) && findEdits(budget).length === 0;

/** The parts that differ from what the task wrote; annotations of tasks are ignored. */
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

import { MANAGED_BY, MANAGED_BY_LABEL, toTaskAnnotation } from '../cluster/annotations.ts';
import type { DisruptionBudgetFacts, PodFacts, WorkloadFacts } from '../cluster/facts.ts';
import { isOfKind } from '../cluster/object-kind.ts';
import { isFinished } from '../cluster/pod-state.ts';
import { findWorkload, type WorkloadIndex } from '../cluster/workload-index.ts';
import { toBudgetNameFor } from './names.ts';

export interface CoverageFacts {
  /** Those that are to be evicted. */
  readonly pods: readonly PodFacts[];
  readonly index: WorkloadIndex;
  readonly budgetsOf: (pod: PodFacts) => readonly DisruptionBudgetFacts[];
  readonly taskId: string;
}

/**
 * Whether `planBudgets` has nothing to do for these pods: a budget covers each that can have one, and those that tasks share have the mark of
 * this task. False when in doubt. Pure.
 */
export const areAllCovered = ({ pods, index, budgetsOf, taskId }: CoverageFacts): boolean =>
  pods.every((pod) => {
    const workload = findWorkload(pod, index);
    if (isFinished(pod) || workload === undefined || hasNoReplicas(workload)) return true;
    const budgets = budgetsOf(pod);
    return budgets.length > 0 && budgets.every((budget) => isSettled(budget, workload, taskId));
  });

const hasNoReplicas = (workload: WorkloadFacts): boolean =>
  isOfKind(workload, 'batch', 'Job') || workload.kind === 'DaemonSet';

/** It stays until the task ends: it is its owner's, or this task has marked it. */
const isSettled = (budget: DisruptionBudgetFacts, workload: WorkloadFacts, taskId: string): boolean => {
  if (budget.deleting) return false;
  if (toTaskAnnotation(taskId) in budget.annotations) return true;
  return budget.labels[MANAGED_BY_LABEL] !== MANAGED_BY && budget.name !== toBudgetNameFor(workload);
};

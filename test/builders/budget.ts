import type { DisruptionBudgetFacts } from '../../src/domain/cluster/facts.ts';
import {
  BUDGET_SPEC_HASH_ANNOTATION,
  MANAGED_BY,
  MANAGED_BY_LABEL,
  toTaskAnnotation,
} from '../../src/domain/cluster/annotations.ts';
import { toBudgetSpecHash } from '../../src/domain/budgets/release.ts';
import { selector } from './workload.ts';

/** `default/web-pdb` over the pods `app=web`: current status, 3 healthy, 2 needed, 1 allowed. */
export const budget = (overrides: Partial<DisruptionBudgetFacts> = {}): DisruptionBudgetFacts => {
  const name = overrides.name ?? 'web-pdb';
  return {
    namespace: 'default',
    name,
    uid: `uid-${name}`,
    resourceVersion: '1',
    generation: 1,
    observedGeneration: 1,
    labels: {},
    annotations: {},
    selector: selector({ app: 'web' }),
    maxUnavailable: 1,
    unhealthyPodEvictionPolicy: 'IfHealthyBudget',
    currentHealthy: 3,
    desiredHealthy: 2,
    expectedPods: 3,
    disruptionsAllowed: 1,
    disruptedPods: [],
    deleting: false,
    ...overrides,
  };
};

/** The same as a task has created it; `overrides` are later edits. */
export const taskBudget = (taskId: string, overrides: Partial<DisruptionBudgetFacts> = {}): DisruptionBudgetFacts => {
  const annotations = {
    [toTaskAnnotation(taskId)]: 'processing',
    [BUDGET_SPEC_HASH_ANNOTATION]: toBudgetSpecHash(budget()),
  };
  return budget({ labels: { [MANAGED_BY_LABEL]: MANAGED_BY }, annotations, ...overrides });
};

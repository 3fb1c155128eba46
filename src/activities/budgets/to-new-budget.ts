import {
  BUDGET_SPEC_HASH_ANNOTATION,
  MANAGED_BY,
  MANAGED_BY_LABEL,
  TASK_ANNOTATION_VALUE,
  toTaskAnnotation,
} from '../../domain/cluster/annotations.ts';
import type { CreateBudget } from '../../domain/budgets/decision.ts';
import { toBudgetSpecHash } from '../../domain/budgets/release.ts';
import type { NewDisruptionBudget } from '../../ports/cluster.ts';

/** The budget that a task creates, with its marks. */
export const toNewBudget = (
  { namespace, name, selector, maxUnavailable }: CreateBudget,
  taskId: string,
): NewDisruptionBudget => {
  const spec = { selector, maxUnavailable, unhealthyPodEvictionPolicy: 'AlwaysAllow' } as const;
  return {
    ...spec,
    namespace,
    name,
    labels: { [MANAGED_BY_LABEL]: MANAGED_BY },
    annotations: {
      [toTaskAnnotation(taskId)]: TASK_ANNOTATION_VALUE,
      [BUDGET_SPEC_HASH_ANNOTATION]: toBudgetSpecHash(spec),
    },
  };
};

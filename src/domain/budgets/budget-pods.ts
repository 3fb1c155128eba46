import type { DisruptionBudgetFacts, PodFacts } from '../cluster/facts.ts';
import { isFinished } from '../cluster/pod-state.ts';
import { selectPods } from '../cluster/select-pods.ts';
import { findWorkload, type WorkloadIndex } from '../cluster/workload-index.ts';

export interface BudgetSurroundings {
  /** Every pod of every namespace that has a pod to evict. */
  readonly namespacePods: Readonly<Record<string, readonly PodFacts[]>>;
  readonly index: WorkloadIndex;
}

/** The pods that a budget covers, on whichever node, without the finished ones. */
export const podsUnder = (
  budget: Pick<DisruptionBudgetFacts, 'namespace' | 'selector'>,
  { namespacePods }: Pick<BudgetSurroundings, 'namespacePods'>,
): readonly PodFacts[] =>
  selectPods(namespacePods[budget.namespace] ?? [], budget.selector).filter((pod) => !isFinished(pod));

/** Of the workloads that own the pods, each once. */
export const countReplicas = (pods: readonly PodFacts[], index: WorkloadIndex): number => {
  const replicasByUid = new Map<string, number>();
  for (const pod of pods) {
    const workload = findWorkload(pod, index);
    if (workload?.replicas !== undefined) replicasByUid.set(workload.uid, workload.replicas);
  }
  return [...replicasByUid.values()].reduce((sum, replicas) => sum + replicas, 0);
};

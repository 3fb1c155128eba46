import type { DecommissionRequest, WorkloadName } from '../request/decommission-request.ts';
import type { PodFacts, WorkloadFacts } from '../cluster/facts.ts';
import { compareText } from '../text/compare-text.ts';
import { isOfKind } from '../cluster/object-kind.ts';
import { isFinished } from '../cluster/pod-state.ts';
import { findWorkload, type WorkloadIndex } from '../cluster/workload-index.ts';

export type BudgetLists = Pick<DecommissionRequest, 'replicaSets' | 'statefulSets' | 'cloneSets'>;

/** A workload with a replica count that has pods to be evicted. */
export interface BudgetCandidate {
  readonly workload: WorkloadFacts;
  readonly replicas: number;
  /** Names of its pods' direct controllers, e.g. the ReplicaSets of a Deployment. */
  readonly controllerNames: readonly string[];
}

/** Each workload of the pods once, by namespace, name and kind. Excludes finished pods, bare pods and kinds without a replica count. */
export const toBudgetCandidates = (pods: readonly PodFacts[], index: WorkloadIndex): readonly BudgetCandidate[] => {
  const candidates = new Map<string, BudgetCandidate>();
  for (const pod of pods) {
    const workload = findWorkload(pod, index);
    if (isFinished(pod) || workload?.replicas === undefined) continue;
    const known = candidates.get(workload.uid)?.controllerNames ?? [];
    const names = pod.controller === undefined ? known : [...known, pod.controller.name];
    candidates.set(workload.uid, { workload, replicas: workload.replicas, controllerNames: [...new Set(names)] });
  }
  return [...candidates.values()].sort((a, b) => compareWorkloads(a.workload, b.workload));
};

/** The request names the workloads that get budgets. */
export const hasBudgetLists = ({ replicaSets, statefulSets, cloneSets }: BudgetLists): boolean =>
  replicaSets !== undefined || statefulSets !== undefined || cloneSets !== undefined;

/** All three lists are given and empty: the request wants no workload protected, neither by budgets nor by `toOwnerLimit`. */
export const rulesOutProtection = ({ replicaSets, statefulSets, cloneSets }: BudgetLists): boolean =>
  [replicaSets, statefulSets, cloneSets].every((list) => list?.length === 0);

/** True when the request has no lists at all, or one of them contains this workload (its ReplicaSet or its Deployment). */
export const isListed = ({ workload, controllerNames }: BudgetCandidate, lists: BudgetLists): boolean => {
  if (!hasBudgetLists(lists)) return true;
  const names = [workload.name, ...controllerNames];
  return (listFor(workload, lists) ?? []).some(
    (entry: WorkloadName) => entry.namespace === workload.namespace && names.includes(entry.name),
  );
};

const listFor = (workload: WorkloadFacts, lists: BudgetLists): readonly WorkloadName[] | undefined => {
  if (isOfKind(workload, 'apps', 'Deployment') || isOfKind(workload, 'apps', 'ReplicaSet')) return lists.replicaSets;
  if (workload.kind === 'StatefulSet') return lists.statefulSets;
  return workload.kind === 'CloneSet' ? lists.cloneSets : undefined;
};

const compareWorkloads = (a: WorkloadFacts, b: WorkloadFacts): number =>
  compareText(a.namespace, b.namespace) ||
  compareText(a.name, b.name) ||
  compareText(a.kind, b.kind) ||
  compareText(a.uid, b.uid);

import type { CountOrPercent, DecommissionRequest } from '../request/decommission-request.ts';
import type { DisruptionBudgetFacts, LabelSelector, PodFacts } from '../cluster/facts.ts';
import { isListed, toBudgetCandidates, type BudgetCandidate } from './candidates.ts';
import type { AnnotateBudget, BudgetDecision, CreateBudget, LeaveBudget } from './decision.ts';
import { toBudgetNameFor, toBudgetNameWithKind } from './names.ts';
import { comparePods } from '../eviction/classify-pod.ts';
import { coveringBudgets, toBudgetName } from './covering.ts';
import { isEmptySelector, isSameSelector, matchesLabelSelector } from '../cluster/label-selector.ts';
import { MANAGED_BY, MANAGED_BY_LABEL, toTaskAnnotation } from '../cluster/annotations.ts';
import { toPodName } from '../cluster/pod-state.ts';
import { findWorkload, toWorkloadLabel, type WorkloadIndex } from '../cluster/workload-index.ts';

export interface BudgetFacts {
  /** Those that are to be evicted, of all nodes of the task. */
  readonly nodePods: readonly PodFacts[];
  /** Every pod of every namespace that occurs in `nodePods`. */
  readonly namespacePods: Readonly<Record<string, readonly PodFacts[]>>;
  /** Contains the owners of `nodePods` and of the pods that their workloads select; an unknown owner counts as another workload. */
  readonly index: WorkloadIndex;
  readonly budgets: readonly DisruptionBudgetFacts[];
  readonly request: Pick<
    DecommissionRequest,
    'maxUnavailable' | 'maxUnavailableGiven' | 'replicaSets' | 'statefulSets' | 'cloneSets'
  >;
  readonly taskId: string;
}

/** A budget that exists or that an earlier decision of this plan creates. */
type TakenName = Pick<DisruptionBudgetFacts, 'namespace' | 'name' | 'selector'> & {
  readonly existing?: DisruptionBudgetFacts;
};

/**
 * What to do about the budget of each workload that has pods in `nodePods`: one decision per workload, by namespace, name and kind.
 * A workload with more than one replica and no budget gets one, unless its selector also matches pods of other owners: with two
 * budgets on a pod, every eviction of that pod fails.
 */
export const planBudgets = (facts: BudgetFacts): readonly BudgetDecision[] => {
  const taken: TakenName[] = facts.budgets.map((existing) => ({ ...existing, existing }));
  return toBudgetCandidates(facts.nodePods, facts.index).map((candidate) => {
    const decision = decide(candidate, facts, taken);
    if (decision.action === 'create') taken.push(decision);
    return decision;
  });
};

const decide = (candidate: BudgetCandidate, facts: BudgetFacts, taken: readonly TakenName[]): BudgetDecision => {
  const { workload, replicas } = candidate;
  if (!isListed(candidate, facts.request)) return leave(candidate, "it is not in the request's lists of workloads");
  const covering = budgetsOf(candidate, facts);
  if (covering.length > 0) return decideCovered(candidate, facts.taskId, covering);
  if (replicas <= 1)
    return leave(candidate, 'it has at most one replica: a budget would protect nothing or block evictions forever');
  if (workload.selector === undefined) return leave(candidate, 'its selector is unknown');
  if (isEmptySelector(workload.selector))
    return leave(candidate, 'its selector is empty: it selects the whole namespace');
  const foreignPod = findForeignPod(workload.selector, candidate, facts);
  if (foreignPod !== undefined) return leaveOverlapping(candidate, foreignPod, facts.index);
  return decideByName(candidate, workload.selector, facts, taken);
};

/** The budgets that cover any pod of the workload, on whichever node. */
const budgetsOf = ({ workload }: BudgetCandidate, facts: BudgetFacts): readonly DisruptionBudgetFacts[] => {
  const covering = podsOf(workload.namespace, facts)
    .filter((pod) => findWorkload(pod, facts.index)?.uid === workload.uid)
    .flatMap((pod) => coveringBudgets(pod, facts.budgets));
  return [...new Set(covering)];
};

const decideCovered = (
  candidate: BudgetCandidate,
  taskId: string,
  covering: readonly DisruptionBudgetFacts[],
): BudgetDecision => {
  const [budget, ...others] = covering;
  if (budget !== undefined && others.length === 0 && isShared(candidate, budget, taskId)) {
    return annotate(candidate, budget);
  }
  return leave(candidate, `it is already covered by ${covering.map(toBudgetName).join(' and ')}`);
};

/** A budget over exactly this workload that a task created or annotated, or that has the generated name: needed until the task ends. */
const isShared = (candidate: BudgetCandidate, budget: DisruptionBudgetFacts, taskId: string): boolean => {
  const isMarked = budget.labels[MANAGED_BY_LABEL] === MANAGED_BY || toTaskAnnotation(taskId) in budget.annotations;
  const hasGeneratedName = budget.name === toBudgetNameFor(candidate.workload);
  return (
    (isMarked || hasGeneratedName) && !budget.deleting && isSameSelector(budget.selector, candidate.workload.selector)
  );
};

/** The first pod that matches the selector and has another owner, or none. */
const findForeignPod = (
  selector: LabelSelector,
  { workload }: BudgetCandidate,
  facts: BudgetFacts,
): PodFacts | undefined =>
  podsOf(workload.namespace, facts)
    .filter((pod) => matchesLabelSelector(pod.labels, selector))
    .filter((pod) => findWorkload(pod, facts.index)?.uid !== workload.uid)
    .sort(comparePods)[0];

const decideByName = (
  candidate: BudgetCandidate,
  selector: LabelSelector,
  facts: BudgetFacts,
  taken: readonly TakenName[],
): BudgetDecision => {
  const names = [toBudgetNameFor(candidate.workload), toBudgetNameWithKind(candidate.workload)];
  for (const name of names) {
    const holder = taken.find((each) => each.namespace === candidate.workload.namespace && each.name === name);
    if (holder === undefined) return create(candidate, name, selector, facts.request);
    const { existing } = holder;
    if (existing !== undefined && isSameSelector(existing.selector, selector)) return annotate(candidate, existing);
  }
  return leave(candidate, `the names ${names.join(' and ')} are used by budgets that select other pods`);
};

const create = (
  candidate: BudgetCandidate,
  name: string,
  selector: LabelSelector,
  request: BudgetFacts['request'],
): CreateBudget => {
  const maxUnavailable = toMaxUnavailable(candidate, request);
  const atOnce = toUnavailableCount(maxUnavailable, candidate.replicas);
  const reason = `it has no budget; ${atOnce} of ${candidate.replicas} replicas may be unavailable at once`;
  return { ...ofCandidate(candidate), action: 'create', name, selector, maxUnavailable, reason };
};

/** 25 % of 5 would be 2 members of a quorum: more than one pod of a StatefulSet is unavailable only if the caller set it. */
const toMaxUnavailable = ({ workload }: BudgetCandidate, request: BudgetFacts['request']): CountOrPercent =>
  workload.kind === 'StatefulSet' && !request.maxUnavailableGiven ? 1 : request.maxUnavailable;

const annotate = (
  candidate: BudgetCandidate,
  { name, uid, resourceVersion }: DisruptionBudgetFacts,
): AnnotateBudget => ({
  ...ofCandidate(candidate),
  action: 'annotate',
  name,
  uid,
  resourceVersion,
  reason: 'it already exists with the same selector',
});

const leave = (candidate: BudgetCandidate, reason: string): LeaveBudget => ({
  ...ofCandidate(candidate),
  action: 'none',
  name: '',
  reason,
});

const leaveOverlapping = (candidate: BudgetCandidate, foreignPod: PodFacts, index: WorkloadIndex): LeaveBudget => {
  const owner = toWorkloadLabel(findWorkload(foreignPod, index)) || 'no workload';
  const reason = `its selector also matches pod ${toPodName(foreignPod)} of ${owner}`;
  return { ...leave(candidate, reason), code: 'BudgetWouldOverlap' };
};

const ofCandidate = ({ workload }: BudgetCandidate): { readonly namespace: string; readonly workload: string } => ({
  namespace: workload.namespace,
  workload: toWorkloadLabel(workload),
});

const podsOf = (namespace: string, facts: BudgetFacts): readonly PodFacts[] => facts.namespacePods[namespace] ?? [];

/**
 * How many of `replicas` may be unavailable at once. A percentage is rounded up, as the disruption controller does, so it is never zero for
 * one replica or more (k/k `pkg/controller/disruption`). `value`: a count of at least 1, or `"1%"` to `"100%"`.
 */
export const toUnavailableCount = (value: CountOrPercent, replicas: number): number =>
  typeof value === 'number' ? value : Math.ceil((Number.parseInt(value, 10) * replicas) / 100);

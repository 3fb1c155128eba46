import type { DecommissionRequest } from '../request/decommission-request.ts';
import type { DisruptionBudgetFacts, LabelSelector, PodFacts, WorkloadFacts } from '../cluster/facts.ts';
import { hasBudgetLists, isListed, toBudgetCandidates, type BudgetCandidate } from './candidates.ts';
import type { AnnotateBudget, BudgetDecision, CreateBudget, LeaveBudget } from './decision.ts';
import { toMaxUnavailable, toUnavailableCount } from './max-unavailable.ts';
import { toBudgetNameFor, toBudgetNameWithKind } from './names.ts';
import { comparePods } from '../eviction/classify-pod.ts';
import { coveringBudgets, toBudgetName } from './covering.ts';
import { isEmptySelector, isSameSelector } from '../cluster/label-selector.ts';
import { MANAGED_BY, MANAGED_BY_LABEL, toTaskAnnotation } from '../cluster/annotations.ts';
import { isOfKind } from '../cluster/object-kind.ts';
import { isFinished, toPodName } from '../cluster/pod-state.ts';
import { selectPods, selectPodsOf } from '../cluster/select-pods.ts';
import { toShortList } from '../text/counts.ts';
import { findWorkload, toWorkloadLabel, type WorkloadIndex } from '../cluster/workload-index.ts';

export interface BudgetFacts {
  /** Those that are to be evicted, of all nodes of the task. */
  readonly nodePods: readonly PodFacts[];
  /** By namespace: every pod, or at least all that the workloads select which the request's lists contain. */
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
  const decisions = toBudgetCandidates(facts.nodePods, facts.index).map((candidate) => {
    const decision = decide(candidate, facts, taken);
    if (decision.action === 'create') taken.push(decision);
    return decision;
  });
  return [...decisions, ...findCountless(facts)];
};

/**
 * Workloads that were read, but have no replica count, with pods that no budget covers; none when the request names the workloads that get
 * budgets. Those that may not be read have a finding of their own.
 */
const findCountless = ({ nodePods, index, budgets, request }: BudgetFacts): readonly LeaveBudget[] => {
  if (hasBudgetLists(request)) return [];
  const found = new Map<string, LeaveBudget>();
  for (const pod of [...nodePods].sort(comparePods)) {
    const workload = findWorkload(pod, index);
    if (workload === undefined || !isCountless(workload)) continue;
    if (isFinished(pod) || coveringBudgets(pod, budgets).length > 0) continue;
    const reason = `its number of replicas is unknown, and no budget covers pod ${toPodName(pod)}: ask its owner for one`;
    if (!found.has(workload.uid)) found.set(workload.uid, leaveUnprotected({ workload }, reason));
  }
  return [...found.values()];
};

/** A Job starts over, and a DaemonSet has its pod on each node: neither has replicas. */
const isCountless = (workload: WorkloadFacts): boolean =>
  workload.replicas === undefined &&
  workload.unreadable !== true &&
  !isOfKind(workload, 'batch', 'Job') &&
  workload.kind !== 'DaemonSet';

const decide = (candidate: BudgetCandidate, facts: BudgetFacts, taken: readonly TakenName[]): BudgetDecision => {
  const { workload, replicas } = candidate;
  if (!isListed(candidate, facts.request)) return leave(candidate, "it is not in the request's lists of workloads");
  const covering = budgetsOf(candidate, facts);
  if (covering.length > 0) return decideCovered(candidate, facts, covering);
  if (replicas <= 1)
    return leave(candidate, 'it has at most one replica: a budget would protect nothing or block evictions forever');
  if (workload.selector === undefined) {
    return leaveUnprotected(candidate, 'its selector is unknown: ask its owner for a budget');
  }
  if (isEmptySelector(workload.selector))
    return leaveUnprotected(candidate, 'its selector is empty: it selects the whole namespace');
  const foreignPod = findForeignPod(workload.selector, candidate, facts);
  if (foreignPod !== undefined) return leaveOverlapping(candidate, foreignPod, facts.index);
  return decideByName(candidate, workload.selector, facts, taken);
};

/** The budgets that cover any pod of the workload, on whichever node. */
const budgetsOf = ({ workload }: BudgetCandidate, facts: BudgetFacts): readonly DisruptionBudgetFacts[] => {
  const budgets = facts.budgets.filter(({ namespace }) => namespace === workload.namespace);
  if (budgets.length === 0) return [];
  const covering = withDistinctLabels(selectPodsOf(podsOf(workload.namespace, facts), workload, facts.index)).flatMap(
    (pod) => coveringBudgets(pod, budgets),
  );
  return [...new Set(covering)];
};

/** One pod for each object with labels: pods that were read together share that of their template (`readSnapshot`). */
const withDistinctLabels = (pods: readonly PodFacts[]): readonly PodFacts[] => [
  ...new Map(pods.map((pod) => [pod.labels, pod])).values(),
];

const decideCovered = (
  candidate: BudgetCandidate,
  facts: BudgetFacts,
  covering: readonly DisruptionBudgetFacts[],
): BudgetDecision => {
  const [budget, ...others] = covering;
  if (budget !== undefined && others.length === 0 && isShared(candidate, budget, facts.taskId)) {
    return annotate(candidate, budget);
  }
  const names = covering.map(toBudgetName).join(' and ');
  const uncovered = findUncovered(candidate, facts);
  if (uncovered.length === 0) return leave(candidate, `it is already covered by ${names}`);
  return leaveUnprotected(
    candidate,
    `${names} ${covering.length === 1 ? 'covers' : 'cover'} only some of its pods, not ${toShortList(uncovered.map(toPodName), 3)}, and a second budget ` +
      'on a pod would block its eviction: ask the owner to extend it',
  );
};

/** Its pods on the nodes that no budget covers, in order. */
const findUncovered = ({ workload }: BudgetCandidate, facts: BudgetFacts): readonly PodFacts[] =>
  selectPodsOf(facts.nodePods, workload, facts.index)
    .filter((pod) => !isFinished(pod))
    .filter((pod) => coveringBudgets(pod, facts.budgets).length === 0)
    .sort(comparePods);

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
): PodFacts | undefined => {
  const pods = podsOf(workload.namespace, facts);
  const own = new Set(selectPodsOf(pods, workload, facts.index));
  return selectPods(pods, selector)
    .filter((pod) => !own.has(pod))
    .sort(comparePods)[0];
};

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
  return leaveUnprotected(candidate, `the names ${names.join(' and ')} are used by budgets that select other pods`);
};

const create = (
  candidate: BudgetCandidate,
  name: string,
  selector: LabelSelector,
  request: BudgetFacts['request'],
): CreateBudget => {
  const maxUnavailable = toMaxUnavailable(candidate.workload, request);
  const atOnce = toUnavailableCount(maxUnavailable, candidate.replicas);
  const reason = `it has no budget; ${atOnce} of ${candidate.replicas} replicas may be unavailable at once`;
  return { ...ofCandidate(candidate), action: 'create', name, selector, maxUnavailable, reason };
};

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

const leave = (candidate: Pick<BudgetCandidate, 'workload'>, reason: string): LeaveBudget => ({
  ...ofCandidate(candidate),
  action: 'none',
  name: '',
  reason,
});

const leaveUnprotected = (candidate: Pick<BudgetCandidate, 'workload'>, reason: string): LeaveBudget => ({
  ...leave(candidate, reason),
  code: 'WorkloadUnprotected',
});

const leaveOverlapping = (candidate: BudgetCandidate, foreignPod: PodFacts, index: WorkloadIndex): LeaveBudget => {
  const owner = toWorkloadLabel(findWorkload(foreignPod, index)) || 'no workload';
  const reason = `its selector also matches pod ${toPodName(foreignPod)} of ${owner}`;
  return { ...leave(candidate, reason), code: 'BudgetWouldOverlap' };
};

const ofCandidate = ({
  workload,
}: Pick<BudgetCandidate, 'workload'>): { readonly namespace: string; readonly workload: string } => ({
  namespace: workload.namespace,
  workload: toWorkloadLabel(workload),
});

const podsOf = (namespace: string, facts: BudgetFacts): readonly PodFacts[] => facts.namespacePods[namespace] ?? [];

import { heartbeat, sleep } from '@temporalio/activity';
import { classifyPod } from '../../domain/eviction/classify-pod.ts';
import { DecommissionFailure, FailureType } from '../../domain/run/failures.ts';
import type { DecommissionRequest } from '../../domain/request/decommission-request.ts';
import type { DisruptionBudgetFacts, PodFacts, WorkloadFacts } from '../../domain/cluster/facts.ts';
import {
  MANAGED_BY,
  MANAGED_BY_LABEL,
  TASK_ANNOTATION_VALUE,
  toTaskAnnotation,
  type AnnotationChange,
} from '../../domain/cluster/annotations.ts';
import { isListed, toBudgetCandidates } from '../../domain/budgets/candidates.ts';
import { toBudgetPlan, type AnnotateBudget, type BudgetDecision } from '../../domain/budgets/decision.ts';
import { isEmptySelector } from '../../domain/cluster/label-selector.ts';
import { checkOwnership } from '../../domain/node/check-ownership.ts';
import type { NodeTarget } from '../../domain/node/node-target.ts';
import { planBudgets } from '../../domain/budgets/plan-budgets.ts';
import type { BudgetPlan } from '../../domain/plan/decommission-plan.ts';
import type { TaskContext } from '../../domain/run/context.ts';
import type { Cluster, NewDisruptionBudget } from '../../ports/cluster.ts';
import { isClusterFailure } from '../../ports/cluster-failure.ts';
import type { ActivityDependencies } from '../support/activity-dependencies.ts';
import { openVerifiedCluster } from '../support/open-verified-cluster.ts';
import { readSelectedIndex, readWorkloadIndex, RECENT_SECONDS } from '../support/read-workload-index.ts';
import type { CreatedBudget } from './release-budgets.ts';
import { toNewBudget } from './to-new-budget.ts';

export interface Protection {
  readonly plans: readonly BudgetPlan[];
  /** Created by this call or an earlier attempt of it. */
  readonly created: readonly CreatedBudget[];
}

const OBSERVED_POLL_MILLISECONDS = 250;
/** For more nodes, one LIST of all pods costs less than one of each: preflight has read them all, too. */
const MAX_LISTS_OF_NODES = 50;
/** For more workloads of a namespace, one LIST of all its pods costs less than one of each. */
const MAX_LISTS_OF_WORKLOADS = 5;

/**
 * Creates or annotates the budgets that the workloads on these nodes need now, and waits until the disruption controller has processed
 * those that it created. Safe to repeat: existing ones are found.
 *
 * @param target the only node, which the task has cordoned already: nothing is created for the pods of a Node that another client has
 *   recreated or taken over since
 * @throws DecommissionFailure `NodeChanged`, `CordonLost`, `LockLost` or `NodeClaimed`, not retryable: see `checkOwnership`. Nothing was written.
 * @throws DecommissionFailure `BudgetNotObserved`, not retryable: the disruption controller did not process a budget before the deadline.
 * @throws DecommissionFailure `ClusterUnavailable`, retryable: a budget changed after it was planned.
 * @throws DecommissionFailure `ClusterMismatch`, retryable: see `openVerifiedCluster`.
 * @throws ClusterFailure
 */
export const protectWorkloads =
  (dependencies: ActivityDependencies) =>
  async (
    context: TaskContext,
    request: DecommissionRequest,
    nodeNames: readonly string[],
    target?: NodeTarget,
  ): Promise<Protection> => {
    const cluster = await openVerifiedCluster(dependencies, context);
    const lost = target && checkOwnership(await cluster.readNode(target.nodeName), target, context.holder);
    if (lost) throw lost;
    const decisions: BudgetDecision[] = [];
    for (const decision of await decideBudgets(cluster, request, nodeNames)) {
      decisions.push(await applyDecision(cluster, context, decision));
    }
    const created = await awaitObserved(dependencies, cluster, context, decisions);
    return { plans: decisions.map(toBudgetPlan), created };
  };

const decideBudgets = async (
  cluster: Cluster,
  request: DecommissionRequest,
  nodeNames: readonly string[],
): Promise<readonly BudgetDecision[]> => {
  const all = nodeNames.length > MAX_LISTS_OF_NODES ? await cluster.readPods({}) : undefined;
  const onNodes = all === undefined ? await readPodsOf(cluster, nodeNames) : selectPodsOn(all, nodeNames);
  const index = await readWorkloadIndex(cluster, onNodes, { maxAgeSeconds: RECENT_SECONDS });
  const nodePods = onNodes.filter((pod) => classifyPod(pod, index, request).disposition === 'evict');
  const listed = toBudgetCandidates(nodePods, index).filter((candidate) => isListed(candidate, request));
  const workloads = listed.map(({ workload }) => workload);
  const namespacePods: Record<string, readonly PodFacts[]> = {};
  for (const namespace of new Set(workloads.map((workload) => workload.namespace))) {
    const own = workloads.filter((workload) => workload.namespace === namespace);
    namespacePods[namespace] =
      all?.filter((pod) => pod.namespace === namespace) ?? (await readPodsFor(cluster, namespace, own));
  }
  const selectedIndex = await readSelectedIndex(cluster, nodePods, Object.values(namespacePods).flat(), RECENT_SECONDS);
  return planBudgets({
    nodePods,
    namespacePods,
    index: selectedIndex,
    budgets: await cluster.readBudgets(),
    request,
    taskId: request.taskId,
  });
};

/** All pods that these workloads of the namespace select: of a namespace with thousands of pods, a node has few workloads. */
const readPodsFor = async (
  cluster: Cluster,
  namespace: string,
  workloads: readonly WorkloadFacts[],
): Promise<readonly PodFacts[]> => {
  const selectors = workloads.flatMap(({ selector }) => (selector && !isEmptySelector(selector) ? [selector] : []));
  if (workloads.length > MAX_LISTS_OF_WORKLOADS || selectors.length < workloads.length) {
    return await cluster.readPods({ namespace });
  }
  const pods = new Map<string, PodFacts>();
  for (const selector of selectors) {
    for (const pod of await cluster.readPods({ namespace, selector })) pods.set(pod.uid, pod);
  }
  return [...pods.values()];
};

const readPodsOf = async (cluster: Cluster, nodeNames: readonly string[]): Promise<readonly PodFacts[]> => {
  const pods: PodFacts[] = [];
  for (const nodeName of nodeNames) pods.push(...(await cluster.readPods({ nodeName })));
  return pods;
};

const selectPodsOn = (pods: readonly PodFacts[], nodeNames: readonly string[]): readonly PodFacts[] => {
  const names = new Set(nodeNames);
  return pods.filter(({ nodeName }) => names.has(nodeName));
};

/** Returns what was decided; nothing to do where it turns out that the namespace is being deleted: its pods go anyway. */
const applyDecision = async (
  cluster: Cluster,
  context: TaskContext,
  decision: BudgetDecision,
): Promise<BudgetDecision> => {
  const annotation = { [toTaskAnnotation(context.taskId)]: TASK_ANNOTATION_VALUE };
  if (decision.action === 'annotate') await annotateOnce(cluster, decision, annotation);
  if (decision.action !== 'create') return decision;
  try {
    await createOnce(cluster, toNewBudget(decision, context.taskId), context.taskId);
    return decision;
  } catch (error) {
    if (!isClusterFailure(error, 'NamespaceTerminating') && !isClusterFailure(error, 'NotFound')) throw error;
    const { namespace, name, workload } = decision;
    return {
      action: 'none',
      namespace,
      name,
      workload,
      reason: 'its namespace is being deleted, and its pods with it',
    };
  }
};

const annotateOnce = async (
  cluster: Cluster,
  decision: AnnotateBudget,
  annotation: AnnotationChange,
): Promise<void> => {
  const budget = await cluster.readBudget(decision.namespace, decision.name);
  if (budget?.uid !== decision.uid) throw budgetChanged(decision, 'was deleted or recreated');
  if (Object.keys(annotation).every((key) => key in budget.annotations)) return;
  await cluster.annotateBudget(budget, annotation);
};

/** A name taken by an earlier attempt of this task counts as created; taken by another client it is a conflict, decided again on retry. */
const createOnce = async (cluster: Cluster, budget: NewDisruptionBudget, taskId: string): Promise<void> => {
  try {
    await cluster.createBudget(budget);
  } catch (error) {
    if (!isClusterFailure(error, 'AlreadyExists')) throw error;
    const existing = await cluster.readBudget(budget.namespace, budget.name);
    if (existing && toTaskAnnotation(taskId) in existing.annotations) return;
    throw budgetChanged(budget, 'was created by another client');
  }
};

const budgetChanged = (
  { namespace, name }: { readonly namespace: string; readonly name: string },
  whatHappened: string,
): DecommissionFailure =>
  new DecommissionFailure(
    FailureType.ClusterUnavailable,
    `budget ${namespace}/${name} ${whatHappened} after it was planned; the workloads are checked again.`,
    { retryable: true },
  );

const isObserved = (budget: DisruptionBudgetFacts): boolean =>
  budget.observedGeneration >= budget.generation && budget.syncFailure === undefined;

const awaitObserved = async (
  dependencies: ActivityDependencies,
  cluster: Cluster,
  context: TaskContext,
  decisions: readonly BudgetDecision[],
): Promise<readonly CreatedBudget[]> => {
  const namespaces = [
    ...new Set(decisions.filter(({ action }) => action !== 'none').map(({ namespace }) => namespace)),
  ];
  const observed: CreatedBudget[] = [];
  const deadlineAt = dependencies.now() + dependencies.waits.budgetObservedSeconds * 1000;
  for (const namespace of namespaces) {
    for (;;) {
      heartbeat();
      const ours = (await cluster.readBudgets(namespace)).filter(
        (budget) =>
          budget.labels[MANAGED_BY_LABEL] === MANAGED_BY && toTaskAnnotation(context.taskId) in budget.annotations,
      );
      const waiting = ours.filter((budget) => !isObserved(budget));
      if (waiting.length === 0) {
        observed.push(...ours.map(({ name, uid }) => ({ namespace, name, uid })));
        break;
      }
      if (dependencies.now() >= deadlineAt) throw budgetNotObserved(waiting, dependencies.waits.budgetObservedSeconds);
      await sleep(OBSERVED_POLL_MILLISECONDS);
    }
  }
  return observed;
};

const budgetNotObserved = (waiting: readonly DisruptionBudgetFacts[], seconds: number): DecommissionFailure => {
  const names = waiting.map(
    ({ namespace, name, syncFailure }) => `${namespace}/${name}${syncFailure === undefined ? '' : ` (${syncFailure})`}`,
  );
  return new DecommissionFailure(
    FailureType.BudgetNotObserved,
    `the disruption controller did not process ${names.join(', ')} within ${seconds} s, so the workloads would not be protected. ` +
      `Check that kube-controller-manager is running and can read the workload's scale subresource.`,
  );
};

import type { NodeFacts, PodFacts, WorkloadFacts } from '../cluster/facts.ts';
import type { BudgetForecast, Placement } from '../plan/decommission-plan.ts';
import type { BudgetDecision } from '../budgets/decision.ts';
import { classifyPod, comparePods, type PodClassification } from '../eviction/classify-pod.ts';
import { findPinnedPods } from '../scheduling/find-pinned-pods.ts';
import { forecastBudgets } from '../budgets/forecast.ts';
import { planBudgets } from '../budgets/plan-budgets.ts';
import { isFinished } from '../cluster/pod-state.ts';
import type { PreflightFacts } from './facts.ts';
import { simulateRescheduling } from '../scheduling/simulate-rescheduling.ts';
import { findWorkload } from '../cluster/workload-index.ts';

export interface AssessedPod {
  readonly pod: PodFacts;
  readonly classification: PodClassification;
  readonly workload?: WorkloadFacts;
}

export interface AssessedNode {
  readonly node: NodeFacts;
  readonly pods: readonly AssessedPod[];
}

/** What the checks evaluate, derived from the facts. */
export interface Assessment {
  /** The nodes of the request that exist, in its order; pods sorted. */
  readonly nodes: readonly AssessedNode[];
  readonly decisions: readonly BudgetDecision[];
  /** Empty when preflight is `skip`. */
  readonly forecasts: readonly BudgetForecast[];
  /** By pod UID; empty when preflight is `skip`. */
  readonly placements: Readonly<Record<string, Placement>>;
  /** By pod UID; see findPinnedPods. */
  readonly pinned: Readonly<Record<string, string>>;
}

/** Classifies every pod on the requested nodes, plans their budgets, forecasts existing budgets and simulates the rescheduling. */
export const assess = (facts: PreflightFacts): Assessment => {
  const nodes = facts.request.nodeNames
    .map((nodeName) => facts.nodes.find(({ name }) => name === nodeName))
    .filter((node) => node !== undefined)
    .map((node) => assessNode(node, facts));
  const leaving = nodes.flatMap(({ pods }) => pods).filter(isLeaving);
  const nodePods = leaving.map(({ pod }) => pod);
  const namespacePods = toNamespacePods(nodePods, facts.pods);
  const decisions = planBudgets({
    nodePods,
    namespacePods,
    index: facts.workloads,
    budgets: facts.budgets,
    request: facts.request,
    taskId: facts.request.taskId,
  });
  if (facts.request.preflight === 'skip') return { nodes, decisions, forecasts: [], placements: {}, pinned: {} };
  const podsToMove = leaving.filter(isRecreated).map(({ pod }) => pod);
  const rescheduling = { ...facts, removedNodeNames: facts.request.nodeNames, podsToMove };
  const placements = simulateRescheduling(rescheduling);
  const unplaced = podsToMove.filter(({ uid }) => placements[uid]?.verdict === 'doesNotFit');
  return {
    nodes,
    decisions,
    forecasts: forecastBudgets({
      podsToEvict: nodePods,
      namespacePods,
      budgets: facts.budgets,
      decisions,
      index: facts.workloads,
    }),
    placements,
    pinned: findPinnedPods({ ...rescheduling, podsToMove: unplaced }),
  };
};

/** Evicted, or refused only until the request allows its eviction. */
const isLeaving = ({ classification }: AssessedPod): boolean =>
  classification.disposition === 'evict' || (classification.disposition === 'refuse' && !classification.isDaemonSetPod);

const isRecreated = ({ pod, classification }: AssessedPod): boolean => !classification.isBare && !isFinished(pod);

const assessNode = (node: NodeFacts, facts: PreflightFacts): AssessedNode => ({
  node,
  pods: facts.pods
    .filter(({ nodeName }) => nodeName === node.name)
    .sort(comparePods)
    .map((pod) => {
      const workload = findWorkload(pod, facts.workloads);
      const classification = classifyPod(pod, facts.workloads, facts.request);
      return { pod, classification, ...(workload === undefined ? {} : { workload }) };
    }),
});

const toNamespacePods = (
  nodePods: readonly PodFacts[],
  allPods: readonly PodFacts[],
): Readonly<Record<string, readonly PodFacts[]>> => {
  const namespacePods: Record<string, PodFacts[]> = {};
  for (const { namespace } of nodePods) namespacePods[namespace] ??= [];
  for (const pod of allPods) namespacePods[pod.namespace]?.push(pod);
  return namespacePods;
};

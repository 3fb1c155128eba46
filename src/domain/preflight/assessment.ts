import type { PodFacts } from '../cluster/facts.ts';
import type { BudgetForecast } from '../plan/decommission-plan.ts';
import type { BudgetDecision } from '../budgets/decision.ts';
import { forecastBudgets, toCreatedBudgets } from '../budgets/forecast.ts';
import { planBudgets } from '../budgets/plan-budgets.ts';
import type { DrainEstimate } from '../estimate/drain-estimate.ts';
import { estimateDrains } from '../estimate/estimate-drains.ts';
import { assessNodes, findLeaving, type AssessedNode } from './assess-nodes.ts';
import type { PreflightFacts } from './facts.ts';

/** What the checks evaluate, derived from the facts. */
export interface Assessment {
  readonly nodes: readonly AssessedNode[];
  readonly decisions: readonly BudgetDecision[];
  /** Empty when preflight is `skip`. */
  readonly forecasts: readonly BudgetForecast[];
  /** By node name; empty when preflight is `skip`. */
  readonly estimates: Readonly<Record<string, DrainEstimate>>;
}

/** Classifies every pod on the requested nodes, plans their budgets, forecasts budgets and estimates the drains. */
export const assess = (facts: PreflightFacts): Assessment => {
  const nodes = assessNodes(facts);
  const nodePods = findLeaving(nodes).map(({ pod }) => pod);
  const namespacePods = toNamespacePods(nodePods, facts.pods);
  const decisions = planBudgets({
    nodePods,
    namespacePods,
    index: facts.workloads,
    budgets: facts.budgets,
    request: facts.request,
    taskId: facts.request.taskId,
  });
  if (facts.request.preflight === 'skip') return { nodes, decisions, forecasts: [], estimates: {} };
  const { budgets, request, workloads: index } = facts;
  const forecastFacts = { podsToEvict: nodePods, namespacePods, budgets, decisions, index };
  const forecasts = forecastBudgets(forecastFacts);
  const drainBudgets = [...budgets, ...toCreatedBudgets(forecastFacts)];
  const estimates = estimateDrains({ request, nodes, budgets: drainBudgets, forecasts, namespacePods, index });
  return { nodes, decisions, forecasts, estimates };
};

const toNamespacePods = (
  nodePods: readonly PodFacts[],
  allPods: readonly PodFacts[],
): Readonly<Record<string, readonly PodFacts[]>> => {
  const namespacePods: Record<string, PodFacts[]> = {};
  for (const { namespace } of nodePods) namespacePods[namespace] ??= [];
  for (const pod of allPods) namespacePods[pod.namespace]?.push(pod);
  return namespacePods;
};

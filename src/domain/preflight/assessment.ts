import type { PodFacts } from '../cluster/facts.ts';
import type { BudgetForecast } from '../plan/decommission-plan.ts';
import type { BudgetDecision } from '../budgets/decision.ts';
import { forecastBudgets } from '../budgets/forecast.ts';
import { planBudgets } from '../budgets/plan-budgets.ts';
import { assessNodes, findLeaving, findSurging, type AssessedNode } from './assess-nodes.ts';
import type { PreflightFacts } from './facts.ts';

/** What the checks evaluate, derived from the facts. */
export interface Assessment {
  readonly nodes: readonly AssessedNode[];
  readonly decisions: readonly BudgetDecision[];
  /** Empty when preflight is `skip`. */
  readonly forecasts: readonly BudgetForecast[];
}

/** Classifies every pod on the requested nodes, plans their budgets and forecasts existing budgets. */
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
  if (facts.request.preflight === 'skip') return { nodes, decisions, forecasts: [] };
  return {
    nodes,
    decisions,
    forecasts: forecastBudgets({
      podsToEvict: nodePods,
      namespacePods,
      budgets: facts.budgets,
      decisions,
      index: facts.workloads,
      surging: findSurging(nodes, facts.request),
    }),
  };
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

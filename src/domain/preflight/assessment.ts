import type { DisruptionBudgetFacts, PodFacts } from '../cluster/facts.ts';
import type { BudgetForecast } from '../plan/decommission-plan.ts';
import type { BudgetDecision } from '../budgets/decision.ts';
import { toCreatedBudgets } from '../budgets/created-budgets.ts';
import { forecastBudgets, type ForecastFacts } from '../budgets/forecast.ts';
import { planBudgets } from '../budgets/plan-budgets.ts';
import type { DrainEstimate } from '../estimate/drain-estimate.ts';
import { estimateDrains } from '../estimate/estimate-drains.ts';
import { assessNodes, findLeaving, findSurging, type AssessedNode } from './assess-nodes.ts';
import type { PreflightFacts } from './facts.ts';

/** What the checks evaluate, derived from the facts. */
export interface Assessment {
  readonly nodes: readonly AssessedNode[];
  readonly decisions: readonly BudgetDecision[];
  /** Those that exist, and those that the run would create. */
  readonly budgets: readonly DisruptionBudgetFacts[];
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
  const { request, workloads: index } = facts;
  const created = toCreatedBudgets(decisions, { namespacePods, index });
  const budgets = [...facts.budgets, ...created];
  const assessment = { nodes, decisions, budgets };
  if (request.preflight === 'skip') return { ...assessment, forecasts: [], estimates: {} };
  const forecasts = forecastBudgets({
    podsToEvict: nodePods,
    namespacePods,
    budgets: facts.budgets,
    created,
    index,
    unplaced: toUnplaced(facts),
    surging: findSurging(nodes, request),
  });
  const estimates = estimateDrains({ request, nodes, budgets, forecasts, namespacePods, index });
  return { ...assessment, forecasts, estimates };
};

/** Where an autoscaler adds nodes, no pod is without one for good. */
const toUnplaced = ({ placements, request }: PreflightFacts): ForecastFacts['unplaced'] =>
  new Map(
    Object.entries(placements.byUid)
      .filter(([, { verdict, isPlacedAfterDeletion }]) => verdict === 'doesNotFit' || isPlacedAfterDeletion === true)
      .filter(() => request.assumeAutoscaling !== true)
      .map(([uid, { verdict }]) => [uid, verdict === 'doesNotFit' ? 'always' : 'untilDeletion']),
  );

const toNamespacePods = (
  nodePods: readonly PodFacts[],
  allPods: readonly PodFacts[],
): Readonly<Record<string, readonly PodFacts[]>> => {
  const namespacePods: Record<string, PodFacts[]> = {};
  for (const { namespace } of nodePods) namespacePods[namespace] ??= [];
  for (const pod of allPods) namespacePods[pod.namespace]?.push(pod);
  return namespacePods;
};

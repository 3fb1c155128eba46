import type { DisruptionBudgetFacts, PodFacts } from '../cluster/facts.ts';
import type { BudgetForecast } from '../plan/decommission-plan.ts';
import type { BudgetDecision } from '../budgets/decision.ts';
import { toCreatedBudgets } from '../budgets/created-budgets.ts';
import { forecastBudgets, type ForecastFacts } from '../budgets/forecast.ts';
import { planBudgets } from '../budgets/plan-budgets.ts';
import type { DrainEstimate } from '../estimate/drain-estimate.ts';
import { estimateDrains } from '../estimate/estimate-drains.ts';
import { indexByWorkload } from '../cluster/select-pods.ts';
import { assessNodes, findLeaving, findSurging, type AssessedNode } from './assess-nodes.ts';
import type { PreflightFacts } from './facts.ts';
import { finishStages, type Stages } from './stages.ts';

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
export const assess = (facts: PreflightFacts): Assessment => finishStages(assessInStages(facts));

export const assessInStages = function* (facts: PreflightFacts): Stages<Assessment> {
  const { nodes, podsToEvict, namespacePods, decisions } = yield* decideInStages(facts);
  const { request, workloads: index } = facts;
  const created = toCreatedBudgets(decisions, { namespacePods, index });
  const budgets = [...facts.budgets, ...created];
  const assessment = { nodes, decisions, budgets };
  if (request.preflight === 'skip') return { ...assessment, forecasts: [], estimates: {} };
  const unplaced = toUnplaced(facts);
  const surging = findSurging(nodes, request);
  const ofCluster = { namespacePods, index };
  const forecasts = forecastBudgets({ podsToEvict, budgets: facts.budgets, created, unplaced, surging, ...ofCluster });
  yield;
  const estimates = yield* estimateDrains({ request, nodes, budgets, forecasts, ...ofCluster });
  return { ...assessment, forecasts, estimates };
};

/** The budgets of an assessment, without the rest of it. */
export const decideBudgets = function* (facts: PreflightFacts): Stages<readonly BudgetDecision[]> {
  return (yield* decideInStages(facts)).decisions;
};

interface Decided {
  readonly nodes: readonly AssessedNode[];
  readonly podsToEvict: readonly PodFacts[];
  readonly namespacePods: Readonly<Record<string, readonly PodFacts[]>>;
  readonly decisions: readonly BudgetDecision[];
}

const decideInStages = function* (facts: PreflightFacts): Stages<Decided> {
  const { workloads: index, budgets, request } = facts;
  const nodes = assessNodes(facts);
  yield;
  const podsToEvict = findLeaving(nodes).map(({ pod }) => pod);
  const namespacePods = toNamespacePods(podsToEvict, facts.pods);
  for (const pods of Object.values(namespacePods)) {
    yield;
    indexByWorkload(pods, index);
  }
  yield;
  const { taskId } = request;
  const decisions = planBudgets({ nodePods: podsToEvict, namespacePods, index, budgets, request, taskId });
  yield;
  return { nodes, podsToEvict, namespacePods, decisions };
};

/** Where an autoscaler adds nodes, no pod is without one for good. */
const toUnplaced = ({ placements, request }: PreflightFacts): ForecastFacts['unplaced'] => {
  if (request.assumeAutoscaling === true) return new Map();
  return new Map(
    Object.entries(placements.byUid)
      .filter(([, { verdict, isPlacedAfterDeletion }]) => verdict === 'doesNotFit' || isPlacedAfterDeletion === true)
      .map(([uid, { verdict }]) => [uid, verdict === 'doesNotFit' ? 'always' : 'untilDeletion']),
  );
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

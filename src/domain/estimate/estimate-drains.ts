import { covers, toBudgetName } from '../budgets/covering.ts';
import { isCharged } from '../budgets/forecast.ts';
import type { DisruptionBudgetFacts, PodFacts } from '../cluster/facts.ts';
import { isFinished } from '../cluster/pod-state.ts';
import { toWorkloadLabel, type WorkloadIndex } from '../cluster/workload-index.ts';
import { awaitsCompletion } from '../eviction/awaits-completion.ts';
import type { LimitRequest } from '../eviction/owner-limit.ts';
import { toDrainWave } from '../eviction/drain-wave.ts';
import type { BudgetForecast } from '../plan/decommission-plan.ts';
import { toPodOwner } from '../plan/pod-owner.ts';
import { findLeaving, type AssessedNode, type AssessedPod } from '../preflight/assess-nodes.ts';
import type { Stages } from '../preflight/stages.ts';
import type { DecommissionRequest } from '../request/decommission-request.ts';
import { needsSecondReplica } from '../surge/needs-second-replica.ts';
import { compareText } from '../text/compare-text.ts';
import { toBudgetMoments } from './budget-moments.ts';
import type { DrainEstimate, Recovery } from './drain-estimate.ts';
import { observeReadiness, type ObservedReadiness } from './observe-readiness.ts';
import { findOwnerLimits, type LimitFacts } from './owner-limits.ts';
import { toDrainEstimate } from './to-drain-estimate.ts';
import { toDrainTimes, type DrainTimes, type LeavingPod } from './to-drain-times.ts';

export interface EstimateFacts {
  readonly request: LimitRequest &
    Pick<DecommissionRequest, 'gracePeriodSeconds' | 'deleteNode' | 'singleReplica' | 'jobs' | 'taskId'>;
  /** In the order in which they are drained, one after another. */
  readonly nodes: readonly AssessedNode[];
  /** Of all namespaces, and those that the run creates. */
  readonly budgets: readonly DisruptionBudgetFacts[];
  readonly forecasts: readonly BudgetForecast[];
  /** Every pod of every namespace that has a pod on the nodes. */
  readonly namespacePods: Readonly<Record<string, readonly PodFacts[]>>;
  readonly index: WorkloadIndex;
}

/**
 * By node name, for the nodes with pods that leave. All evictions that budgets, and limits of owners without one, allow are sent at once,
 * system-critical pods after the others; the next eviction is allowed when the replacement is Ready. Pure.
 */
export const estimateDrains = function* (facts: EstimateFacts): Stages<Readonly<Record<string, DrainEstimate>>> {
  const readiness = observeReadiness(Object.values(facts.namespacePods).flat(), facts.index);
  yield;
  const limits = findOwnerLimits(findLeaving(facts.nodes), facts);
  yield;
  const drains = facts.nodes.map((node) => ({ node, pods: toLeavingPods(node, facts, { readiness, limits }) }));
  yield;
  const nodes = drains.map(({ pods }) => pods);
  const budgets = toBudgetMoments(nodes.flat(), { ...facts, limits: [...new Set(limits.values())] });
  yield;
  // While a Node is deleted and must stay gone, the replacements of its last pods become Ready.
  const recoversBetweenNodes = facts.request.deleteNode;
  const likely = toDrainTimes(nodes, budgets, { pace: 'likelySeconds', recoversBetweenNodes });
  yield;
  const longest = toDrainTimes(nodes, budgets, { pace: 'longestSeconds', recoversBetweenNodes: false });
  yield;
  const entries = drains.map(({ node, pods }, index) => {
    const times = { likely: likely[index] ?? NO_TIMES, longest: longest[index] ?? NO_TIMES };
    return [node.node.name, toDrainEstimate({ pods, ofTask: nodes.flat(), budgets, ...times })] as const;
  });
  return Object.fromEntries(entries.filter((_, index) => nodes[index]?.length !== 0));
};

const NO_TIMES: DrainTimes = { seconds: 0, delays: new Map() };

interface Known {
  readonly readiness: ReadonlyMap<string, ObservedReadiness>;
  readonly limits: ReadonlyMap<string, LimitFacts>;
}

const toLeavingPods = (node: AssessedNode, facts: EstimateFacts, known: Known): readonly LeavingPod[] => {
  const terminating = node.pods.filter(({ classification }) => classification.disposition === 'wait');
  return [
    ...findLeaving([node]).map((assessed) => toEvictedPod(assessed, facts, known)),
    ...terminating.map(toTerminatingPod),
  ];
};

const toEvictedPod = (assessed: AssessedPod, facts: EstimateFacts, { readiness, limits }: Known): LeavingPod => {
  const { pod, workload } = assessed;
  const isReplacedFirst = needsSecondReplica(pod, workload, facts.request);
  const isAwaited = awaitsCompletion(pod, workload, facts.request);
  // Its own controller removes a pod that is replaced first.
  const requestedSeconds = isReplacedFirst ? undefined : facts.request.gracePeriodSeconds;
  // No budget is charged for a pod that has ended.
  const graceSeconds = isFinished(pod) || isAwaited ? 0 : (requestedSeconds ?? pod.terminationGracePeriodSeconds);
  const charged = isReplacedFirst || isAwaited ? [] : toCharged(pod, facts.budgets, limits.get(pod.uid));
  const recovery = toRecovery(assessed, workload && readiness.get(workload.uid), graceSeconds);
  return {
    owner: toOwner(assessed),
    isBare: assessed.classification.isBare,
    isReplacedFirst,
    ...(isAwaited ? { isAwaited } : {}),
    wave: toDrainWave(pod),
    graceSeconds,
    budgets: charged,
    ...(recovery === undefined ? {} : { recovery }),
  };
};

const toCharged = (
  pod: PodFacts,
  budgets: readonly DisruptionBudgetFacts[],
  limit: LimitFacts | undefined,
): readonly string[] => {
  if (limit !== undefined) return [limit.name];
  const charged = budgets.filter((budget) => covers(budget, pod) && isCharged(pod, budget));
  return charged.map(toBudgetName).sort(compareText);
};

const toTerminatingPod = (assessed: AssessedPod): LeavingPod => ({
  owner: toOwner(assessed),
  isBare: assessed.classification.isBare,
  isReplacedFirst: false,
  wave: toDrainWave(assessed.pod),
  graceSeconds: assessed.pod.deletionGracePeriodSeconds ?? assessed.pod.terminationGracePeriodSeconds,
  budgets: [],
});

const toOwner = ({ pod, workload }: AssessedPod): string =>
  `${pod.namespace}/${toPodOwner({ name: pod.name, workload: toWorkloadLabel(workload) })}`;

/**
 * Until a replacement is Ready. A ReplicaSet replaces a pod as soon as it is terminating; a StatefulSet only when it is gone, because the
 * replacement has its name (k/k `pkg/controller/replicaset`, `pkg/controller/statefulset`); of other kinds it is unknown. A bare pod has no
 * replacement.
 */
const toRecovery = (
  { classification, workload }: AssessedPod,
  observed: ObservedReadiness | undefined,
  graceSeconds: number,
): Recovery | undefined => {
  if (classification.isBare || observed === undefined) return undefined;
  const overlaps = workload?.kind === 'Deployment' || workload?.kind === 'ReplicaSet';
  return {
    likelySeconds: observed.medianSeconds,
    longestSeconds: observed.slowestSeconds + (overlaps ? 0 : graceSeconds),
  };
};

import type { DisruptionBudgetFacts, PodFacts } from '../cluster/facts.ts';
import { toPodName } from '../cluster/pod-state.ts';
import type { WorkloadIndex } from '../cluster/workload-index.ts';
import { allowsUnhealthyEviction, ignoresBudgets } from '../eviction/judge-eviction.ts';
import type { BudgetForecast } from '../plan/decommission-plan.ts';
import { compareText } from '../text/compare-text.ts';
import { toCountText, toShortList } from '../text/counts.ts';
import { toBudgetStatus } from './budget-status.ts';
import { countReplicas, podsUnder } from './budget-pods.ts';
import { covers, toBudgetName } from './covering.ts';
import { findOperatorAdvice } from './operator-advice.ts';
import { toRemedy } from './remedy.ts';

export interface ForecastFacts {
  /** Of all nodes of the task. */
  readonly podsToEvict: readonly PodFacts[];
  /** Every pod of every namespace that occurs in `podsToEvict`. */
  readonly namespacePods: Readonly<Record<string, readonly PodFacts[]>>;
  readonly budgets: readonly DisruptionBudgetFacts[];
  /** Those that the run would create are forecast too: one of them may block the drain that created it. */
  readonly created: readonly DisruptionBudgetFacts[];
  readonly index: WorkloadIndex;
  /** UIDs of the pods whose replacements find no node: `always`, or `untilDeletion` of the removed Nodes. */
  readonly unplaced: ReadonlyMap<string, 'always' | 'untilDeletion'>;
  /** Those of `podsToEvict` that are removed only once a second replica of their workload is available; absent: none. */
  readonly surging?: readonly PodFacts[];
}

type ForecastVerdict = Pick<BudgetForecast, 'verdict' | 'message' | 'remedy'>;

/**
 * For each budget that covers one of the pods, or will: the disruptions that it allows now and those that the pods need, by namespace and
 * name. Pods whose eviction is not charged (pending, finished, unhealthy ones where the budget allows it) need none.
 */
export const forecastBudgets = (facts: ForecastFacts): readonly BudgetForecast[] =>
  [...facts.budgets, ...facts.created]
    .map((budget) => ({
      budget,
      pods: facts.podsToEvict.filter((pod) => covers(budget, pod)),
      isPlanned: facts.created.includes(budget),
    }))
    .filter(({ pods }) => pods.length > 0)
    .map((forecast) => forecastBudget(forecast, facts))
    .sort((a, b) => compareText(a.namespace, b.namespace) || compareText(a.name, b.name));

interface Forecast {
  readonly budget: DisruptionBudgetFacts;
  /** The pods to evict that it covers. */
  readonly pods: readonly PodFacts[];
  /** The run would create it. */
  readonly isPlanned: boolean;
}

const forecastBudget = (forecast: Forecast, facts: ForecastFacts): BudgetForecast => {
  const { budget, pods } = forecast;
  const needed = pods.filter((pod) => isCharged(pod, budget)).length;
  const { namespace, name, disruptionsAllowed: allowedNow } = budget;
  const verdict = judgeForecast(forecast, needed, facts);
  const surgeCount = pods.filter((pod) => facts.surging?.includes(pod) === true).length;
  if (surgeCount === 0 || verdict.verdict === 'enough' || verdict.verdict === 'inTurns') {
    return { namespace, name, allowedNow, needed, ...verdict };
  }
  const surged = judgeForecast({ ...forecast, budget: withMorePods(budget, surgeCount) }, needed, facts);
  const message = `${surged.message}, once the second replica${surgeCount === 1 ? ' is' : 's are'} available`;
  return { namespace, name, allowedNow, needed, ...surged, message };
};

/** With so many more pods, all of them healthy. */
const withMorePods = (budget: DisruptionBudgetFacts, count: number): DisruptionBudgetFacts => ({
  ...budget,
  ...toBudgetStatus(budget, {
    expectedPods: budget.expectedPods + count,
    currentHealthy: budget.currentHealthy + count,
  }),
});

/** True when the eviction of the pod uses one of the disruptions that the budget, which covers it, allows. */
export const isCharged = (pod: PodFacts, budget: DisruptionBudgetFacts): boolean =>
  !ignoresBudgets(pod) && (pod.ready || !allowsUnhealthyEviction(budget));

const judgeForecast = (
  { budget, pods, isPlanned }: Forecast,
  needed: number,
  facts: ForecastFacts,
): ForecastVerdict => {
  const allowed = budget.disruptionsAllowed;
  const subject = `budget ${toBudgetName(budget)}${isPlanned ? ', which this run would create,' : ''} allows ${toCountText(allowed, 'eviction')} now, and the nodes need ${needed}`;
  if (needed === 0) return { verdict: 'enough', message: subject };
  // Before the generation: a controller that cannot count leaves the observed generation as it was.
  if (budget.syncFailure !== undefined) {
    return {
      verdict: 'never',
      message: `${subject}: the disruption controller cannot count its pods (${budget.syncFailure})`,
      remedy: toRemedy({ budget, possiblePods: budget.expectedPods, failingPods: 0, unreadyPods: 0, isPlanned }),
    };
  }
  if (budget.observedGeneration < budget.generation) {
    return { verdict: 'unknown', message: `${subject}: the disruption controller has not processed it yet` };
  }
  if (allowed >= needed) return { verdict: 'enough', message: subject };
  if (allowed > 0) {
    return (
      judgeUnplaced({ budget, pods, isPlanned }, subject, facts) ?? {
        verdict: 'inTurns',
        message: `${subject}: the others follow as replacements become ready`,
      }
    );
  }
  return judgeBlocked({ budget, pods, isPlanned }, subject, facts);
};

/**
 * A replacement that stays pending spends an eviction for good. More of them than the budget allows now, and the nodes wait for the budget,
 * while the budget waits for the nodes. Of several nodes one may be deleted first and make room: then it is uncertain. Undefined: enough
 * replacements have a place.
 */
const judgeUnplaced = (
  { budget, pods }: Forecast,
  subject: string,
  { unplaced }: ForecastFacts,
): ForecastVerdict | undefined => {
  const pending = pods.filter((pod) => isCharged(pod, budget) && unplaced.has(pod.uid));
  if (pending.length <= budget.disruptionsAllowed) return undefined;
  const forever = pending.filter(({ uid }) => unplaced.get(uid) === 'always').length;
  const isOneNode = new Set(pods.map(({ nodeName }) => nodeName)).size === 1;
  const names = toShortList(pending.map(toPodName).sort(compareText), 5);
  const lead = `${subject}: ${toCountText(pending.length, 'replacement')} would find no node while the nodes to remove exist (of ${names})`;
  if (forever <= budget.disruptionsAllowed && !isOneNode) {
    return {
      verdict: 'waits',
      message: `${lead}, so the nodes may wait for each other: remove them one after another`,
    };
  }
  const remedy = 'add a suitable node first, or remove fewer nodes at a time';
  return { verdict: 'never', message: `${lead}, so waiting cannot help`, remedy };
};

/** Nothing is allowed now: whether waiting can help, and what keeps its pods from being healthy. */
const judgeBlocked = (
  { budget, pods, isPlanned }: Forecast,
  subject: string,
  facts: ForecastFacts,
): ForecastVerdict => {
  const healthy = `${budget.currentHealthy} of ${budget.expectedPods} pods are healthy, and it requires ${budget.desiredHealthy}`;
  const failing = podsUnder(budget, facts).filter(isFailing);
  const possible = possiblePods(budget, pods, facts.index);
  const failures =
    failing.length === 0
      ? []
      : [`${failing.length} cannot start (${namesOf(failing.map(({ waitingReason }) => waitingReason))})`];
  const isForever = possible - failing.length <= budget.desiredHealthy;
  const awaited = findOperatorAdvice(budget)?.awaited ?? 'more are healthy';
  const outlook = isForever ? 'waiting cannot help' : `evictions wait until ${awaited}`;
  const unreadyPods = pods.filter((pod) => !pod.ready && isCharged(pod, budget)).length;
  const reasons = [healthy, ...failures, ...describePolicy(budget, unreadyPods), outlook];
  const message = `${subject}: ${reasons.join('; ')}`;
  if (!isForever) return { verdict: 'waits', message };
  const remedy = toRemedy({ budget, possiblePods: possible, failingPods: failing.length, unreadyPods, isPlanned });
  return { verdict: 'never', message, remedy };
};

const namesOf = (names: readonly string[]): string => [...new Set(names)].sort(compareText).join(', ');

/** The policy of the budget blocks pods that serve no traffic. */
const describePolicy = (budget: DisruptionBudgetFacts, unreadyPods: number): readonly string[] =>
  unreadyPods === 0
    ? []
    : [
        `${unreadyPods} of the pods to evict are not Ready and are blocked too, because its unhealthyPodEvictionPolicy is ${budget.unhealthyPodEvictionPolicy} (AlwaysAllow would let them go)`,
      ];

/** Reasons of a container that does not start by waiting (k/k `pkg/kubelet/images`, `pkg/kubelet/kuberuntime`). */
const FAILING: readonly string[] = [
  'CrashLoopBackOff',
  'ImagePullBackOff',
  'ErrImagePull',
  'ErrImageNeverPull',
  'InvalidImageName',
  'CreateContainerConfigError',
  'CreateContainerError',
];

const isFailing = (pod: PodFacts): boolean => !pod.ready && FAILING.includes(pod.waitingReason);

/**
 * The maximum number of healthy pods, with all replicas running. If it does not exceed what the budget needs, no disruption is ever
 * allowed: `maxUnavailable: 0`, or `minAvailable` = replicas. Wider than the check of Gardener's machine-controller-manager (healthy >=
 * expected and still none allowed), which misses a deadlock while a pod is unhealthy.
 */
const possiblePods = (budget: DisruptionBudgetFacts, pods: readonly PodFacts[], index: WorkloadIndex): number =>
  Math.max(budget.expectedPods, countReplicas(pods, index));

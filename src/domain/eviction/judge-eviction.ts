import type { DisruptionBudgetFacts, PodFacts } from '../cluster/facts.ts';
import { coveringBudgets, toBudgetName } from '../budgets/covering.ts';
import { isFinished, isTerminating } from '../cluster/pod-state.ts';

export interface BudgetRef {
  readonly namespace: string;
  readonly name: string;
}

/**
 * By `namespace/name` of the budget: names of the pods whose eviction was accepted but is not yet part of the budget's last known
 * status. See `toUnreflected`.
 */
export type SpentEvictions = ReadonlyMap<string, ReadonlySet<string>>;

export type EvictionJudgement =
  /** `budget`: the eviction uses one of its allowed disruptions, so record it as spent. Absent when no budget is charged. */
  | { readonly kind: 'goNow'; readonly budget?: BudgetRef }
  | { readonly kind: 'wait'; readonly budget: BudgetRef; readonly message: string }
  /** The Eviction API returns 500 for as long as both select the pod. */
  | { readonly kind: 'multipleBudgets'; readonly names: readonly string[]; readonly message: string }
  /** The budget's status is not reliable: the disruption controller has not processed it, or cannot count its pods. */
  | {
      readonly kind: 'unknownYet';
      readonly budget: BudgetRef;
      readonly message: string;
      /** The controller cannot count its pods: waiting does not help. */
      readonly isUncountable: boolean;
    };

/**
 * How the API server would respond to an eviction now, in the order of its own checks (k/k `pkg/registry/core/pod/storage/eviction.go`).
 * A forecast that saves requests: the API server decides.
 */
export const judgeEviction = (
  pod: PodFacts,
  budgets: readonly DisruptionBudgetFacts[],
  spent: SpentEvictions = new Map(),
): EvictionJudgement => {
  if (ignoresBudgets(pod)) return { kind: 'goNow' };
  const [budget, ...others] = coveringBudgets(pod, budgets);
  if (budget === undefined) return { kind: 'goNow' };
  if (others.length > 0) return judgeMultiple([budget, ...others]);
  if (!pod.ready && allowsUnhealthyEviction(budget)) return { kind: 'goNow' };
  return judgeAllowance(budget, spent.get(toBudgetName(budget)) ?? new Set());
};

/** Pending, finished and terminating pods are evicted without checking any budget. */
export const ignoresBudgets = (pod: PodFacts): boolean =>
  pod.phase === 'Pending' || isFinished(pod) || isTerminating(pod);

/** True when an eviction of a pod that is not Ready is not charged (KEP-3017). */
export const allowsUnhealthyEviction = (budget: DisruptionBudgetFacts): boolean =>
  budget.unhealthyPodEvictionPolicy === 'AlwaysAllow' ||
  (budget.desiredHealthy > 0 && budget.currentHealthy >= budget.desiredHealthy);

/**
 * Those of `spentPodNames` that are not in the budget's status. The API server writes a pod's name into `disruptedPods` in the same
 * update that decrements `disruptionsAllowed`, so call this with every new status of the budget and keep its result: a name that was
 * once in the status must not count again when the disruption controller removes it later.
 */
export const toUnreflected = (
  spentPodNames: ReadonlySet<string>,
  budget: Pick<DisruptionBudgetFacts, 'disruptedPods'>,
): ReadonlySet<string> => new Set([...spentPodNames].filter((name) => !budget.disruptedPods.includes(name)));

const judgeMultiple = (budgets: readonly DisruptionBudgetFacts[]): EvictionJudgement => {
  const names = budgets.map(toBudgetName);
  const message = `more than one budget selects it (${names.join(', ')}), which the Eviction API does not support`;
  return { kind: 'multipleBudgets', names, message };
};

const judgeAllowance = (budget: DisruptionBudgetFacts, spentPodNames: ReadonlySet<string>): EvictionJudgement => {
  const ref: BudgetRef = { namespace: budget.namespace, name: budget.name };
  const name = toBudgetName(budget);
  // First: a controller that cannot count leaves the observed generation as it was (k/k `disruption.go`, `failSafe`).
  if (budget.syncFailure !== undefined) {
    return {
      kind: 'unknownYet',
      budget: ref,
      message: `budget ${name} allows 0: the disruption controller cannot count its pods (${budget.syncFailure})`,
      isUncountable: true,
    };
  }
  if (budget.observedGeneration < budget.generation) {
    return {
      kind: 'unknownYet',
      budget: ref,
      message: `the disruption controller has not processed budget ${name} yet`,
      isUncountable: false,
    };
  }
  const unreflected = toUnreflected(spentPodNames, budget).size;
  if (budget.disruptionsAllowed > unreflected) return { kind: 'goNow', budget: ref };
  return { kind: 'wait', budget: ref, message: toWaitMessage(budget, unreflected) };
};

const toWaitMessage = (budget: DisruptionBudgetFacts, unreflected: number): string => {
  const numbers = `${budget.currentHealthy} healthy, ${budget.desiredHealthy} needed`;
  const taken = unreflected === 0 ? '' : `, ${unreflected} just evicted`;
  const allowed = Math.max(0, budget.disruptionsAllowed - unreflected);
  return `budget ${toBudgetName(budget)} allows ${allowed} now: ${numbers}${taken}`;
};

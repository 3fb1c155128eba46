import type { DisruptionBudgetFacts, PodFacts } from '../cluster/facts.ts';
import { coveringBudgets, toBudgetName } from '../budgets/covering.ts';
import { isFinished, isTerminating } from '../cluster/pod-state.ts';

export interface BudgetRef {
  readonly namespace: string;
  readonly name: string;
}

/**
 * By `namespace/name` of the budget: names of the pods whose eviction was accepted while the budget's status that we know does not
 * show it yet. See `toUnreflected`.
 */
export type SpentEvictions = ReadonlyMap<string, ReadonlySet<string>>;

export type EvictionJudgement =
  /** `budget`: the eviction takes one of its allowance, so note it as spent. Absent when no budget is charged. */
  | { readonly kind: 'goNow'; readonly budget?: BudgetRef }
  | { readonly kind: 'wait'; readonly budget: BudgetRef; readonly message: string }
  /** The Eviction API answers 500 for as long as both select the pod. */
  | { readonly kind: 'multipleBudgets'; readonly names: readonly string[]; readonly message: string }
  /** The budget's numbers cannot be relied on: the controller has not seen it, or cannot count. */
  | { readonly kind: 'unknownYet'; readonly budget: BudgetRef; readonly message: string };

/**
 * What the API server would say to an eviction now, by the order of its own tests (k/k `pkg/registry/core/pod/storage/eviction.go`).
 * A forecast that saves requests: the server decides.
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
  if (!pod.ready && letsUnhealthyGo(budget)) return { kind: 'goNow' };
  return judgeAllowance(budget, spent.get(toBudgetName(budget)) ?? new Set());
};

/** Pending, finished and terminating pods are removed without a look at any budget. */
export const ignoresBudgets = (pod: PodFacts): boolean =>
  pod.phase === 'Pending' || isFinished(pod) || isTerminating(pod);

/** True when an eviction of a pod that is not Ready is not charged (KEP-3017). */
export const letsUnhealthyGo = (budget: DisruptionBudgetFacts): boolean =>
  budget.unhealthyPodEvictionPolicy === 'AlwaysAllow' ||
  (budget.desiredHealthy > 0 && budget.currentHealthy >= budget.desiredHealthy);

/**
 * Those of `spentPodNames` that the budget's status does not show. The server writes a pod's name into `disruptedPods` in the same
 * update that takes one off `disruptionsAllowed`, so call this with every new state of the budget and keep its result: a name that was
 * once shown must not come back when the controller drops it later.
 */
export const toUnreflected = (
  spentPodNames: ReadonlySet<string>,
  budget: Pick<DisruptionBudgetFacts, 'disruptedPods'>,
): ReadonlySet<string> => new Set([...spentPodNames].filter((name) => !budget.disruptedPods.includes(name)));

const judgeMultiple = (budgets: readonly DisruptionBudgetFacts[]): EvictionJudgement => {
  const names = budgets.map(toBudgetName);
  const message = `budgets ${names.join(' and ')} cover it together, which the Eviction API does not support`;
  return { kind: 'multipleBudgets', names, message };
};

const judgeAllowance = (budget: DisruptionBudgetFacts, spentPodNames: ReadonlySet<string>): EvictionJudgement => {
  const ref: BudgetRef = { namespace: budget.namespace, name: budget.name };
  const name = toBudgetName(budget);
  if (budget.observedGeneration < budget.generation) {
    return {
      kind: 'unknownYet',
      budget: ref,
      message: `budget ${name} is not yet taken up by the disruption controller`,
    };
  }
  if (budget.syncFailed) {
    return {
      kind: 'unknownYet',
      budget: ref,
      message: `budget ${name} allows 0: the disruption controller cannot count its pods (SyncFailed)`,
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

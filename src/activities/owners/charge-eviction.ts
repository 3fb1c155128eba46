import { toBudgetName } from '../../domain/budgets/covering.ts';
import type { DisruptionBudgetFacts, PodFacts } from '../../domain/cluster/facts.ts';
import type { BudgetRef } from '../../domain/eviction/judge-eviction.ts';
import { describeLimit } from '../../domain/eviction/stuck-pod.ts';
import type { EvictionEntry } from '../eviction/eviction-entry.ts';
import type { OwnerClaim } from './limited-owner.ts';
import type { OwnerLimits } from './owner-limits.ts';

/** What an eviction uses: an allowed disruption of a budget, or a part of the limit of its workload. */
export interface Charge {
  /** Evictions with the same key are sent one after another. */
  readonly laneKey?: string;
  readonly budgetKey?: string;
  readonly claim?: OwnerClaim;
}

export interface ChargedTo {
  /** The budget that is charged; undefined: none. */
  readonly budget: BudgetRef | undefined;
  /** Those that select the pod. */
  readonly budgets: readonly DisruptionBudgetFacts[];
  readonly limits: OwnerLimits;
}

/**
 * What the eviction of a pod that its budgets allow is charged to. Undefined: none selects it, and its workload has to have more Ready pods first,
 * which is reported in the entry; `onChange` is called once when that may have changed.
 */
export const chargeEviction = (
  entry: EvictionEntry,
  pod: PodFacts,
  { budget, budgets, limits }: ChargedTo,
  onChange: () => void,
): Charge | undefined => {
  if (budget !== undefined) return { laneKey: toBudgetName(budget), budgetKey: toBudgetName(budget) };
  if (budgets.length > 0) return {};
  const limited = limits.judge(pod, entry.request.maxUnavailable, onChange);
  if (limited.kind === 'goNow') return limited;
  entry.report({ state: 'BlockedByOwnerLimit', ...describeLimit(limited) });
  return undefined;
};

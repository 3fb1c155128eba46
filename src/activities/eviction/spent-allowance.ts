import type { DisruptionBudgetFacts } from '../../domain/cluster/facts.ts';
import type { SpentEvictions } from '../../domain/eviction/judge-eviction.ts';

/** An accepted eviction that the budget's status does not show is counted for this long. */
const FORGET_AFTER_MILLISECONDS = 10_000;

const NONE: SpentEvictions = new Map();

/**
 * Evictions that were sent but are not yet in the last known status of the budget. Without this, every waiting pod would try to use the
 * same allowed disruption at once. Shared by the coordinators of a cluster.
 */
export class SpentAllowance {
  readonly #spentAt = new Map<string, Map<string, number>>();

  add(budgetKey: string, podName: string, now: number): void {
    const spent = this.#spentAt.get(budgetKey) ?? new Map<string, number>();
    spent.set(podName, now);
    this.#spentAt.set(budgetKey, spent);
  }

  /** The eviction was refused, so nothing was spent. */
  giveBack(budgetKey: string, podName: string): void {
    const spent = this.#spentAt.get(budgetKey);
    if (spent?.delete(podName) === true && spent.size === 0) this.#spentAt.delete(budgetKey);
  }

  /** The API server adds the pod to `disruptedPods` as it decrements `disruptionsAllowed`: from then on the status counts it. */
  observe(budgetKey: string, budget: DisruptionBudgetFacts): void {
    for (const podName of budget.disruptedPods) this.giveBack(budgetKey, podName);
  }

  /** Call after a new LIST: its status is up to date. */
  clear(): void {
    this.#spentAt.clear();
  }

  /** By `namespace/name` of these budgets: the pods that count as spent now. */
  toMap(budgetKeys: readonly string[], now: number): SpentEvictions {
    if (this.#spentAt.size === 0) return NONE;
    return new Map(budgetKeys.map((budgetKey) => [budgetKey, this.#namesOf(budgetKey, now)]));
  }

  #namesOf(budgetKey: string, now: number): ReadonlySet<string> {
    const spent = this.#spentAt.get(budgetKey) ?? new Map<string, number>();
    for (const [podName, at] of spent) if (now - at > FORGET_AFTER_MILLISECONDS) this.giveBack(budgetKey, podName);
    return new Set(spent.keys());
  }
}

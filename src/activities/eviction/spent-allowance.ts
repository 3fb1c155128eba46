import type { DisruptionBudgetFacts } from '../../domain/cluster/facts.ts';

/** How long an accepted eviction may stay unseen in the budget's status before we stop counting it ourselves. */
const FORGET_AFTER_MILLISECONDS = 10_000;

/**
 * Evictions that we have sent and that the budget's status, as we last saw it, does not show yet. Without this the same free place
 * would be tried by every waiting pod at once.
 */
export class SpentAllowance {
  readonly #spentAt = new Map<string, Map<string, number>>();

  add(budgetKey: string, podName: string, now: number): void {
    const spent = this.#spentAt.get(budgetKey) ?? new Map<string, number>();
    spent.set(podName, now);
    this.#spentAt.set(budgetKey, spent);
  }

  /** The eviction was refused, so nothing was spent. */
  giveBack(budgetKey: string | undefined, podName: string): void {
    if (budgetKey !== undefined) this.#spentAt.get(budgetKey)?.delete(podName);
  }

  /** The API server writes the pod into `disruptedPods` as it takes one off the allowance: from then on the status counts it. */
  observe(budgetKey: string, budget: DisruptionBudgetFacts): void {
    for (const podName of budget.disruptedPods) this.giveBack(budgetKey, podName);
  }

  /** After a re-list the status is as fresh as can be. */
  clear(): void {
    this.#spentAt.clear();
  }

  /** By `namespace/name` of the budget: the pods that count as spent now. */
  toMap(now: number): ReadonlyMap<string, ReadonlySet<string>> {
    for (const spent of this.#spentAt.values()) {
      for (const [podName, at] of spent) if (now - at > FORGET_AFTER_MILLISECONDS) spent.delete(podName);
    }
    return new Map([...this.#spentAt].map(([budgetKey, spent]) => [budgetKey, new Set(spent.keys())]));
  }
}

import type { DisruptionBudgetFacts } from '../../domain/cluster/facts.ts';

/** An accepted eviction that the budget's status does not show is counted for this long. */
const FORGET_AFTER_MILLISECONDS = 10_000;

/**
 * Evictions that were sent but are not yet in the last known status of the budget. Without this, every waiting pod would try to use the
 * same allowed disruption at once.
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

  /** The API server adds the pod to `disruptedPods` as it decrements `disruptionsAllowed`: from then on the status counts it. */
  observe(budgetKey: string, budget: DisruptionBudgetFacts): void {
    for (const podName of budget.disruptedPods) this.giveBack(budgetKey, podName);
  }

  /** Call after a new LIST: its status is up to date. */
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

/** A healthy API server responds in milliseconds; a call that takes longer waits for a webhook, and no longer delays the others. */
const LANE_MILLISECONDS = 1000;

/**
 * Evictions under one budget are sent one by one: concurrent ones write to the same budget, and the API server delays the loser by half a
 * second. A call that is not answered within a second leaves its lane to the next one.
 */
export class BudgetLanes {
  /** By budget: milliseconds since the epoch at which the latest call without a response was sent. */
  readonly #sentAt = new Map<string, number>();

  /** Takes the budget's lane. Returns what ends the call. */
  enter(budgetKey: string, now: number): () => void {
    this.#sentAt.set(budgetKey, now);
    return () => {
      if (this.#sentAt.get(budgetKey) === now) this.#sentAt.delete(budgetKey);
    };
  }

  /** When the lane becomes free without a response: milliseconds since the epoch; -Infinity: no call is without one. */
  busyUntil(budgetKey: string): number {
    return (this.#sentAt.get(budgetKey) ?? -Infinity) + LANE_MILLISECONDS;
  }
}

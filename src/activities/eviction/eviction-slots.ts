import { BudgetLanes } from './budget-lanes.ts';

/** Of calls that only the limit keeps from being sent. */
const ANY_BUDGET = '';

/** Called when a place may be free, with the line in which it was awaited; then call `passOn` with that line, used or not. */
export type OnFree = (line: string) => void;

/** A call may be sent, or waits: `until` is when the lane of its budget becomes free without a response (Infinity: unknown). */
export type Entrance = { readonly leave: () => void } | { readonly until: number };

/**
 * The evictions in flight in one cluster: no more than a limit, and those under one budget one after another (`BudgetLanes`). A coordinator
 * that finds no place waits in line behind the others, so that one node with many pods does not hold up the rest.
 */
export class EvictionSlots {
  readonly #maxInFlight: number;
  readonly #lanes = new BudgetLanes();
  /** By `namespace/name` of the budget, in the order of their waits. */
  readonly #lines = new Map<string, Set<OnFree>>();
  #inFlightCount = 0;

  constructor(maxInFlight: number) {
    this.#maxInFlight = maxInFlight;
  }

  /** `now`: milliseconds since the epoch. `onFree` is called once after a refusal, unless it is given to `forget` before. */
  enter(budgetKey: string | undefined, now: number, onFree: OnFree): Entrance {
    if (this.#inFlightCount >= this.#maxInFlight) return this.#wait(ANY_BUDGET, onFree, Infinity);
    const until = budgetKey === undefined ? -Infinity : this.#lanes.busyUntil(budgetKey);
    if (budgetKey !== undefined && now < until) return this.#wait(budgetKey, onFree, until);
    this.#inFlightCount += 1;
    const leaveLane = budgetKey === undefined ? undefined : this.#lanes.enter(budgetKey, now);
    return {
      leave: () => {
        this.#inFlightCount -= 1;
        leaveLane?.();
        this.#callNext(ANY_BUDGET);
        if (budgetKey !== undefined) this.#callNext(budgetKey);
      },
    };
  }

  /** Calls the next one in the line, if its place is still free. */
  passOn(line: string, now: number): void {
    const isFree = line === ANY_BUDGET ? this.#inFlightCount < this.#maxInFlight : this.#lanes.busyUntil(line) <= now;
    if (isFree) this.#callNext(line);
  }

  /** Leaves all lines. */
  forget(onFree: OnFree): void {
    for (const waiting of this.#lines.values()) waiting.delete(onFree);
  }

  #wait(line: string, onFree: OnFree, until: number): Entrance {
    const waiting = this.#lines.get(line) ?? new Set();
    this.#lines.set(line, waiting.add(onFree));
    return { until };
  }

  #callNext(line: string): void {
    const waiting = this.#lines.get(line);
    const [next] = waiting ?? [];
    if (waiting === undefined || next === undefined) return;
    waiting.delete(next);
    if (waiting.size === 0) this.#lines.delete(line);
    next(line);
  }
}

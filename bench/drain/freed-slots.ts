/** The status of one PodDisruptionBudget, as a watch reported it. */
export interface BudgetEvent {
  /** When the event arrived, in milliseconds. */
  readonly at: number;
  /** `disruptionsAllowed` */
  readonly allowed: number;
  /** Names in `disruptedPods`: the API server adds a pod when it accepts its eviction. */
  readonly disrupted: readonly string[];
}

/** Delays in milliseconds. */
export interface SlotDelays {
  /** From the moment at which a budget allowed another eviction to the acceptance of the eviction that used it. */
  readonly freedToAccepted: readonly number[];
  /** From the acceptance of an eviction until the budget allowed another one in its place: what the cluster needs for a round. */
  readonly acceptedToFreed: readonly number[];
}

/**
 * What happened to each eviction that a budget allowed, the oldest first. Both moments come from the same watch, so it does not matter how late that
 * is. What the budget allowed before the first eviction was not freed by one, and what was never used has no delay. Pure.
 */
export const toSlotDelays = (events: readonly BudgetEvent[]): SlotDelays => {
  const freedToAccepted: number[] = [];
  const acceptedToFreed: number[] = [];
  /** When each unused slot became free; undefined: before the first eviction. */
  const unused: (number | undefined)[] = [];
  const outstanding: number[] = [];
  let previous: BudgetEvent | undefined;
  for (const event of events) {
    const accepted = event.disrupted.filter((name) => previous?.disrupted.includes(name) !== true).length;
    const freed = event.allowed - (previous?.allowed ?? 0) + accepted;
    for (let count = 0; count < freed; count++) {
      const acceptedAt = outstanding.shift();
      if (acceptedAt !== undefined) acceptedToFreed.push(event.at - acceptedAt);
      unused.push(acceptedAt === undefined ? undefined : event.at);
    }
    // Taken away without an eviction: a pod has become unhealthy.
    if (freed < 0) unused.splice(Math.max(0, unused.length + freed));
    for (let count = 0; count < accepted; count++) {
      const freedAt = unused.shift();
      if (freedAt !== undefined) freedToAccepted.push(event.at - freedAt);
      outstanding.push(event.at);
    }
    previous = event;
  }
  return { freedToAccepted, acceptedToFreed };
};

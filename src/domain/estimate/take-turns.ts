/** Evictions under one budget, in seconds from any start. */
export interface Turns {
  /** When each eviction is sent, in the order of the evictions. */
  readonly evictedAt: readonly number[];
  /** When each of the evictions that the budget allows at a time is allowed again. */
  readonly freeAt: readonly number[];
}

/**
 * Sends each eviction as soon as one is allowed, not before `startAt`; it is allowed again after the seconds that this eviction's replacement
 * needs (`Infinity`: never). `freeAt`: one moment per eviction that is allowed at a time. Another moment, or an earlier one, makes no eviction
 * later. Pure.
 */
export const takeTurns = (recoverySeconds: readonly number[], freeAt: readonly number[], startAt: number): Turns => {
  const free = [...freeAt];
  const evictedAt = recoverySeconds.map((seconds) => {
    const next = free.indexOf(Math.min(...free));
    const at = Math.max(startAt, free[next] ?? Infinity);
    if (next !== -1) free[next] = at + seconds;
    return at;
  });
  return { evictedAt, freeAt: free };
};

/** How long a drain that runs still takes, corrected by what has been observed. */
export type RemainingTime = TimeLeft | Unpredictable;

/** From the moment at which the status was read. */
export interface TimeLeft {
  readonly kind: 'left';
  /** As `TimeRange` has it. */
  readonly likelySeconds: number;
  /** As `TimeRange` has it. */
  readonly longestSeconds: number;
  /** The budget that decides allows evictions at another pace than estimated; absent: at about the same. */
  readonly change?: PaceChange;
}

/** From an eviction until its budget allows the next one. */
export interface PaceChange {
  /** See `toWorkloadKey`. */
  readonly workloads: readonly string[];
  /** In the plan. */
  readonly estimatedSeconds: number;
  /** So far: the next one may take longer. */
  readonly observedSeconds: number;
}

/** Nothing shows when it ends. */
export interface Unpredictable {
  /** `overdue`: something takes longer than the longest estimate. `unknown`: nothing shows how long it takes. */
  readonly kind: 'overdue' | 'unknown';
  /** E.g. `default/web-1: budget default/web-pdb allows 0 now: 3 healthy, 3 needed`. */
  readonly waitingFor: readonly string[];
}

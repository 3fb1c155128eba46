/** For how long failed attempts of short work are retried before the run is undone. */
export const SHORT_PATIENCE_SECONDS = 1800;
/** For how long undo, and work past the point of no return, is retried before an operator is needed. */
export const UNDO_PATIENCE_SECONDS = 3600;

/** A run that was suspended overnight gets at least this many. */
const MIN_ATTEMPTS = 5;

/** When an attempt of an activity failed. Milliseconds since the epoch. */
export interface FailedAttempt {
  /** From 1. */
  readonly attempt: number;
  /** Of the first attempt. */
  readonly scheduledAt: number;
  /** Of the worker that made the attempt: time without it, e.g. while `run` is suspended, does not count. */
  readonly workerStartedAt: number;
  readonly failedAt: number;
}

/**
 * Whether retrying ends, by elapsed time: with slow answers, a number of attempts alone would last for hours. Pure.
 * @param patienceSeconds for how long it is retried
 */
export const isPatienceSpent = (
  { attempt, scheduledAt, workerStartedAt, failedAt }: FailedAttempt,
  patienceSeconds: number,
): boolean => attempt >= MIN_ATTEMPTS && failedAt - Math.max(scheduledAt, workerStartedAt) >= patienceSeconds * 1000;

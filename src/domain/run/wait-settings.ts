/** Fixed waits of the pipeline, in seconds; fractions are allowed so that tests can be fast. */
export interface WaitSettings {
  /** From the cordon until the node may count as empty: the scheduler may bind a pod in the meantime. Default 5. */
  readonly settleSeconds: number;
  /** Between the two reads that prove that a node is empty. Default 5. */
  readonly emptyTwiceSeconds: number;
  /** How long a deleted Node must not re-register. Default 60. */
  readonly staysGoneSeconds: number;
  /** Deadline for volumes to detach. Default 600. */
  readonly detachSeconds: number;
  /** Deadline for the disruption controller to process a budget of the task. Default 60. */
  readonly budgetObservedSeconds: number;
  /**
   * Minimum time for which an unreachable host is retried past the point of no return before the run parks for an operator, not counting
   * the duration of the attempts. Default 3600, also for runs started by an earlier version, which did not record it.
   */
  readonly hostPatienceSeconds?: number;
}

/** Fixed waits of the pipeline, in seconds; fractions are allowed so that tests can shorten them. */
export interface WaitSettings {
  /** After the cordon, before the second look: the scheduler may have bound a pod meanwhile. Default 5. */
  readonly settleSeconds: number;
  /** Between the two looks that prove a node empty. Default 5. */
  readonly emptyTwiceSeconds: number;
  /** How long a deleted Node must stay gone. Default 60. */
  readonly staysGoneSeconds: number;
  /** Deadline for volumes to detach. Default 600. */
  readonly detachSeconds: number;
  /** Deadline for the disruption controller to take up a budget of ours. Default 60. */
  readonly budgetObservedSeconds: number;
  /**
   * How long at least a host that cannot be reached is tried past the point of no return before a person is called, the attempts' own time
   * not counted. Default 3600, also for runs that an earlier version began, which know nothing of it.
   */
  readonly hostPatienceSeconds?: number;
}

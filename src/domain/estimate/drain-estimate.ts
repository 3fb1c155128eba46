/**
 * How long the drain of one node takes, in seconds, from its first eviction until its last pod is gone: without the detachment of volumes and
 * the cleanup of its host. Recorded with the plan.
 */
export interface DrainEstimate extends TimeRange {
  /** The longest grace period of the pods that leave. */
  readonly graceSeconds: number;
  /** The budgets and limits that delay evictions from the node; the one that delays them most first, at most 20. */
  readonly turns: readonly BudgetTurns[];
  /** The workloads that get a second replica before their pod leaves, at most 20; absent: none. */
  readonly replacedFirst?: readonly string[];
  /** Why the time is unknown, without full stops; empty when it is known. */
  readonly unknown: readonly string[];
}

/** How long something takes. */
export interface TimeRange {
  /** If pods end at once, and replacements become Ready as fast as the median of the pods that run now; absent: unknown. */
  readonly likelySeconds?: number;
  /** If every pod uses its grace period, and every replacement is as slow as the slowest of the pods that run now; absent: unknown. */
  readonly longestSeconds?: number;
}

/** The evictions from one node that wait for each other under one budget, or under the limit of an owner without one. */
export interface BudgetTurns {
  /** `namespace/name`; absent: no budget selects the pods, and `maxUnavailable` limits them. */
  readonly budget?: string;
  /** Of the pods, as `toWorkloadKey` writes them: `namespace/Deployment/web`. */
  readonly workloads: readonly string[];
  /** How many it is charged for. */
  readonly evictions: number;
  /** How many of them it allows at the same time. */
  readonly atOnce: number;
  /** How often it has to allow some. */
  readonly rounds: number;
  /** Absent: no pod of these workloads is Ready with a known start, or the pods are not recreated. */
  readonly recovery?: Recovery;
}

/** From an eviction until its budget allows the next one, in seconds. */
export interface Recovery {
  /** The median of the pods that run now. */
  readonly likelySeconds: number;
  /** Of the slowest of the pods that run now. */
  readonly longestSeconds: number;
}

/** The drains of all nodes of a task, one after another. */
export interface TaskEstimate extends TimeRange {
  /** What it assumes, and what it leaves out: sentences. */
  readonly assumptions: readonly string[];
}

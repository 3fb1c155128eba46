import { toUnavailableCount } from '../../src/domain/budgets/max-unavailable.ts';
import type { BenchRow, RowWorkload } from './bench-row.ts';

export const TOOLS = ['kubectl', 'node-decommission'] as const;
export type Tool = (typeof TOOLS)[number];

/** A wait that a tool makes on purpose, by the name that docs/drain.md has for it. */
export interface PurposefulWait {
  readonly name: string;
  readonly seconds: number;
}

/** The shortest possible times of one row with one tool, in seconds. */
export interface RowFloor {
  /** From the first eviction to the last pod gone. */
  readonly drainSeconds: number;
  /** From the command to its end. */
  readonly wholeSeconds: number;
  /** What `drainSeconds` and `wholeSeconds` contain beyond grace, readiness and budgets. */
  readonly waits: readonly PurposefulWait[];
}

/** What the cluster took for the pods of a workload, in place of the nominal times. */
export interface ObservedTimes {
  readonly terminationSeconds?: number;
  /** From an accepted eviction until the budget allows the next one in its place. */
  readonly roundSeconds?: number;
}

/** Defaults of the worker's configuration, with which the benchmark runs. */
const SETTLE_SECONDS = 5;
const EMPTY_TWICE_SECONDS = 5;

/**
 * The shortest time for one workload: `(⌈pods ÷ allowed⌉ − 1) × round + termination`. A Deployment starts a replacement at once, so a
 * round is the time until that is Ready; a StatefulSet only when the pod is gone, so a round is termination plus readiness. Pure.
 */
export const toWorkloadFloor = (workload: RowWorkload, observed: ObservedTimes = {}): number => {
  const { pods, budget, kind, readySeconds } = workload;
  const terminationSeconds = observed.terminationSeconds ?? workload.terminationSeconds;
  const allowed = budget === undefined ? pods : toUnavailableCount(budget, pods);
  const roundSeconds = observed.roundSeconds ?? (kind === 'StatefulSet' ? terminationSeconds : 0) + readySeconds;
  return (Math.ceil(pods / allowed) - 1) * roundSeconds + terminationSeconds;
};

/**
 * The floor of a row: workloads leave side by side, so the longest counts. This tool evicts system-critical pods after all others, and
 * reads the node twice before it counts as empty. Pure.
 * @param observed by workload; those that are absent have their nominal times
 */
export const toRowFloor = (
  { workloads }: BenchRow,
  tool: Tool,
  observed: Readonly<Record<string, ObservedTimes>> = {},
): RowFloor => {
  const toLongest = (each: readonly RowWorkload[]): number =>
    Math.max(0, ...each.map((workload) => toWorkloadFloor(workload, observed[workload.name])));
  if (tool === 'kubectl') {
    const drainSeconds = toLongest(workloads);
    return { drainSeconds, wholeSeconds: drainSeconds, waits: [] };
  }
  const ordinarySeconds = toLongest(workloads.filter(({ isSystemCritical }) => isSystemCritical !== true));
  const criticalSeconds = toLongest(workloads.filter(({ isSystemCritical }) => isSystemCritical === true));
  const drainSeconds = ordinarySeconds + criticalSeconds;
  const emptySeconds = Math.max(drainSeconds + EMPTY_TWICE_SECONDS, SETTLE_SECONDS) - drainSeconds;
  return {
    drainSeconds,
    wholeSeconds: drainSeconds + emptySeconds,
    waits: [
      ...(criticalSeconds === 0 ? [] : [{ name: 'system-critical pods last', seconds: criticalSeconds }]),
      { name: 'emptyTwiceSeconds', seconds: emptySeconds },
    ],
  };
};

/** The formula with its numbers, e.g. `(⌈50 ÷ 13⌉ − 1) × 2 s + 1 s = 7 s`. Pure. */
export const describeWorkloadFloor = (workload: RowWorkload): string => {
  const { pods, budget, kind, readySeconds, terminationSeconds } = workload;
  const total = `${toWorkloadFloor(workload)} s`;
  if (budget === undefined) return `termination = ${total}`;
  const round = kind === 'StatefulSet' ? `(${terminationSeconds} s + ${readySeconds} s)` : `${readySeconds} s`;
  return `(⌈${pods} ÷ ${toUnavailableCount(budget, pods)}⌉ − 1) × ${round} + ${terminationSeconds} s = ${total}`;
};

import type { JudgedPlacement } from '../../../src/domain/scheduling/judged-placement.ts';
import type { Observed, ObservedWorkload } from './play-cluster.ts';
import type { PlannedPod } from './plan-cluster.ts';

/** How the verdicts of plans compare with what the running scheduler did. */
export interface Agreement {
  readonly pods: number;
  readonly fits: number;
  readonly doesNotFit: number;
  readonly likely: number;
  readonly unknown: number;
  /** Pods with the verdict `fits` that are pending at the end. */
  readonly fitsLeftPending: number;
  /** Pods with the verdict `doesNotFit` that have a node at the end. */
  readonly doesNotFitPlaced: number;
  /** One line for each workload whose count differs. */
  readonly mismatches: readonly string[];
  /** How many pods each plugin rejected in the plan. */
  readonly decidedBy: Readonly<Record<string, number>>;
}

/** Pods of a workload are interchangeable, so they are compared by number. */
export const countAgreement = (label: string, planned: readonly PlannedPod[], observed: Observed): Agreement =>
  addAgreements(
    Object.entries(observed.workloads).map(([workload, seen]) => {
      const placements = planned.filter((pod) => pod.workload === workload).map(({ placement }) => placement);
      return compareWorkload(`${label} ${workload}`, placements, seen);
    }),
  );

const compareWorkload = (
  name: string,
  placements: readonly JudgedPlacement[],
  { left, pendingAtEnd, messages }: ObservedWorkload,
): Agreement => {
  const count = (verdict: JudgedPlacement['verdict']): number =>
    placements.filter((placement) => placement.verdict === verdict).length;
  const [fits, doesNotFit] = [count('fits'), count('doesNotFit')];
  const fitsLeftPending = Math.max(0, pendingAtEnd - (left - fits));
  const doesNotFitPlaced = Math.max(0, doesNotFit - Math.max(0, pendingAtEnd));
  const expected = placements.map(({ verdict, message }) => `${verdict} (${message})`).join('; ');
  const mismatch = `${name}: ${pendingAtEnd} of ${left} pending (${messages.join('; ')}), planned: ${expected}`;
  return {
    pods: left,
    fits,
    doesNotFit,
    likely: count('likely'),
    unknown: count('unknown'),
    fitsLeftPending,
    doesNotFitPlaced,
    mismatches: fitsLeftPending + doesNotFitPlaced > 0 ? [mismatch] : [],
    decidedBy: sumByPlugin(
      placements.flatMap(({ rejection }) => rejection?.plugins ?? []).map((plugin) => [plugin, 1]),
    ),
  };
};

export const addAgreements = (all: readonly Agreement[]): Agreement => {
  const sum = (key: Exclude<keyof Agreement, 'mismatches' | 'decidedBy'>): number =>
    all.reduce((total, each) => total + each[key], 0);
  return {
    pods: sum('pods'),
    fits: sum('fits'),
    doesNotFit: sum('doesNotFit'),
    likely: sum('likely'),
    unknown: sum('unknown'),
    fitsLeftPending: sum('fitsLeftPending'),
    doesNotFitPlaced: sum('doesNotFitPlaced'),
    mismatches: all.flatMap(({ mismatches }) => mismatches),
    decidedBy: sumByPlugin(all.flatMap(({ decidedBy }) => Object.entries(decidedBy))),
  };
};

const sumByPlugin = (counts: readonly (readonly [string, number])[]): Readonly<Record<string, number>> => {
  const sums: Record<string, number> = {};
  for (const [plugin, count] of counts) sums[plugin] = (sums[plugin] ?? 0) + count;
  return sums;
};

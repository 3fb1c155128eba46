import type { Observed } from './play-cluster.ts';
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
export const countAgreement = (label: string, planned: readonly PlannedPod[], observed: Observed): Agreement => {
  const total = { pods: 0, fits: 0, doesNotFit: 0, likely: 0, unknown: 0, fitsLeftPending: 0, doesNotFitPlaced: 0 };
  const decidedBy: Record<string, number> = {};
  const mismatches: string[] = [];
  for (const [workload, { left, pendingAtEnd, messages }] of Object.entries(observed.workloads)) {
    const placements = planned.filter((pod) => pod.workload === workload).map(({ placement }) => placement);
    const count = (verdict: string): number => placements.filter((placement) => placement.verdict === verdict).length;
    const [fits, doesNotFit, likely, unknown] = [count('fits'), count('doesNotFit'), count('likely'), count('unknown')];
    const fitsLeftPending = Math.max(0, pendingAtEnd - (left - fits));
    const doesNotFitPlaced = Math.max(0, doesNotFit - Math.max(0, pendingAtEnd));
    total.pods += left;
    total.fits += fits;
    total.doesNotFit += doesNotFit;
    total.likely += likely;
    total.unknown += unknown;
    total.fitsLeftPending += fitsLeftPending;
    total.doesNotFitPlaced += doesNotFitPlaced;
    for (const plugin of placements.flatMap(({ rejection }) => rejection?.plugins ?? [])) {
      decidedBy[plugin] = (decidedBy[plugin] ?? 0) + 1;
    }
    if (fitsLeftPending + doesNotFitPlaced > 0) {
      const expected = placements.map(({ verdict, message }) => `${verdict} (${message})`).join('; ');
      mismatches.push(
        `${label} ${workload}: ${pendingAtEnd} of ${left} pending (${messages.join('; ')}), planned: ${expected}`,
      );
    }
  }
  return { ...total, mismatches, decidedBy };
};

export const addAgreements = (all: readonly Agreement[]): Agreement => {
  const sum = (key: 'pods' | 'fits' | 'doesNotFit' | 'likely' | 'unknown' | 'fitsLeftPending' | 'doesNotFitPlaced') =>
    all.reduce((total, each) => total + each[key], 0);
  const decidedBy: Record<string, number> = {};
  for (const [plugin, count] of all.flatMap((each) => Object.entries(each.decidedBy))) {
    decidedBy[plugin] = (decidedBy[plugin] ?? 0) + count;
  }
  return {
    pods: sum('pods'),
    fits: sum('fits'),
    doesNotFit: sum('doesNotFit'),
    likely: sum('likely'),
    unknown: sum('unknown'),
    fitsLeftPending: sum('fitsLeftPending'),
    doesNotFitPlaced: sum('doesNotFitPlaced'),
    mismatches: all.flatMap(({ mismatches }) => mismatches),
    decidedBy,
  };
};

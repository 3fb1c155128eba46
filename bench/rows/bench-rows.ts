import type { BenchRow, RowWorkload } from './bench-row.ts';

/** A row with one Deployment. */
const plainRow = (
  name: string,
  pods: number,
  terminationSeconds: number,
  readySeconds: number,
  budget?: RowWorkload['budget'],
): BenchRow => ({
  name,
  workloads: [
    {
      ...{ name: 'web', kind: 'Deployment', pods, terminationSeconds, readySeconds },
      ...(budget === undefined ? {} : { budget }),
    },
  ],
});

const MIXED_ROW: BenchRow = {
  name: 'mixed-node',
  workloads: [
    { name: 'web', kind: 'Deployment', pods: 20, terminationSeconds: 5, readySeconds: 2, budget: '25%' },
    { name: 'cache', kind: 'Deployment', pods: 8, terminationSeconds: 1, readySeconds: 2, hasEmptyDir: true },
    { name: 'database', kind: 'StatefulSet', pods: 5, terminationSeconds: 5, readySeconds: 2, budget: 1 },
    { name: 'batch', kind: 'Job', pods: 4, terminationSeconds: 1, readySeconds: 2 },
    { name: 'tool', kind: 'Pod', pods: 2, terminationSeconds: 1, readySeconds: 2 },
    {
      ...{ name: 'dns', kind: 'Deployment', pods: 4, terminationSeconds: 1, readySeconds: 2, budget: 2 },
      isSystemCritical: true,
    },
  ],
  daemonSetPods: 2,
};

/**
 * The fourteen rows, by name: the number of pods, the budget, and what is long. Chosen so that each number of pods, each termination time,
 * each budget and each readiness time occurs, and all of them by both tools take at most half an hour.
 */
export const BENCH_ROWS: readonly BenchRow[] = [
  plainRow('10-pods', 10, 1, 2),
  plainRow('50-pods', 50, 5, 2),
  plainRow('110-pods', 110, 5, 2),
  plainRow('110-pods-long-grace', 110, 30, 2),
  plainRow('250-pods', 250, 5, 2),
  plainRow('50-pods-quarter', 50, 1, 2, '25%'),
  plainRow('110-pods-quarter', 110, 5, 2, '25%'),
  plainRow('110-pods-quarter-slow', 110, 5, 20, '25%'),
  plainRow('250-pods-quarter', 250, 5, 2, '25%'),
  plainRow('10-pods-four-slow', 10, 30, 20, 4),
  plainRow('50-pods-four', 50, 1, 2, 4),
  plainRow('110-pods-four', 110, 5, 2, 4),
  plainRow('10-pods-one', 10, 1, 2, 1),
  MIXED_ROW,
];

/** One small drain by each tool comes first and is not recorded: the caches of discovery are filled, and the worker has loaded its code. */
export const WARM_UP_ROW: BenchRow = plainRow('warm-up', 3, 1, 1);

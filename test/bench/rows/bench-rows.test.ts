import { describe, expect, it } from '@jest/globals';
import { countPods } from '../../../bench/rows/bench-row.ts';
import { BENCH_ROWS } from '../../../bench/rows/bench-rows.ts';
import { toRowFloor, TOOLS } from '../../../bench/rows/row-floor.ts';

const workloads = BENCH_ROWS.flatMap((row) => row.workloads);

describe('the rows of the benchmark', () => {
  it('are fourteen, with distinct names that Kubernetes accepts', () => {
    expect(new Set(BENCH_ROWS.map(({ name }) => name)).size).toBe(14);
    expect(BENCH_ROWS.filter(({ name }) => !/^[a-z0-9-]{1,40}$/.test(name))).toEqual([]);
  });

  it.each([
    ['numbers of pods', BENCH_ROWS.map(countPods), [10, 50, 110, 250]],
    ['termination times', workloads.map(({ terminationSeconds }) => terminationSeconds), [1, 5, 30]],
    ['budgets', workloads.map(({ budget }) => budget), [undefined, '25%', 4, 1]],
    ['readiness times', workloads.map(({ readySeconds }) => readySeconds), [2, 20]],
    ['kinds', workloads.map(({ kind }) => kind), ['Deployment', 'StatefulSet', 'Job', 'Pod']],
  ])('have all %s', (_case, found, expected) => {
    expect(found).toEqual(expect.arrayContaining(expected));
  });

  it('leave time for repetitions: the floors of both tools take less than a third of 45 minutes', () => {
    const seconds = BENCH_ROWS.flatMap((row) => TOOLS.map((tool) => toRowFloor(row, tool).wholeSeconds));
    expect(seconds.reduce((sum, each) => sum + each, 0)).toBeLessThan((45 * 60) / 3);
  });
});

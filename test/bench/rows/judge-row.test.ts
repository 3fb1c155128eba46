import { describe, expect, it } from '@jest/globals';
import { GOAL_NAMES, judgeRow, type GoalName } from '../../../bench/rows/judge-row.ts';
import type { Measurement, RowRecord } from '../../../bench/record/benchmark-record.ts';
import { aRow, aRowRecord, aRun } from '../../builders/bench-record.ts';

/** 50 pods under a budget of 13: the floor is 7 s, with the waits on purpose 12 s. */
const row = aRow({ terminationSeconds: 1, budget: '25%' });

const judge = (name: GoalName, record: RowRecord): object | undefined =>
  judgeRow(record).find((goal) => goal.name === name);

describe('judgeRow', () => {
  it.each<[GoalName, Partial<Measurement>, number, 'met' | 'not met']>([
    ['drain', { drainSeconds: 8.7 }, 8.7, 'met'],
    ['drain', { drainSeconds: 8.8 }, 8.7, 'not met'],
    ['whole', { wholeSeconds: 16.2 }, 16.2, 'met'],
    ['whole', { wholeSeconds: 16.3 }, 16.2, 'not met'],
    ['requests', { requests: { evict: 50, get: 69 } }, 119, 'met'],
    ['requests', { requests: { evict: 50, get: 70 } }, 119, 'not met'],
    ['refusals', { refusedEvictions: 5 }, 10, 'met'],
    ['refusals', { refusedEvictions: 6 }, 10, 'not met'],
    ['freedToAccepted', { freedToAccepted: { count: 37, median: 150, longest: 900 } }, 150, 'met'],
    ['freedToAccepted', { freedToAccepted: { count: 37, median: 151, longest: 200 } }, 150, 'not met'],
  ])('judges %s of %j', (name, measured, atMost, verdict) => {
    const record = aRowRecord({ row, runs: [aRun('node-decommission', measured)] });
    const goal = judgeRow(record).find((each) => each.name === name);
    expect(goal?.verdict).toBe(verdict);
    expect(goal?.atMost).toBeCloseTo(atMost);
  });

  it.each([
    ['met', 20, 20],
    ['not met', 20, 20.1],
  ])('compares the medians of both tools: %s', (verdict, ofKubectl, ofOurs) => {
    const runs = [
      ...[10, ofKubectl, 30].map((drainSeconds) => aRun('kubectl', { drainSeconds })),
      ...[5, ofOurs, 50].map((drainSeconds) => aRun('node-decommission', { drainSeconds })),
    ];
    expect(judge('neverAboveKubectl', aRowRecord({ row, runs }))).toMatchObject({
      ...{ atMost: ofKubectl, value: ofOurs, verdict },
    });
  });

  it('counts workloads that are controllers', () => {
    const record = aRowRecord({
      row: { ...row, workloads: [...row.workloads, { ...aRow().workloads[0]!, name: 'tool', kind: 'Pod', pods: 2 }] },
    });
    expect(judge('requests', record)).toMatchObject({ atMost: expect.closeTo(1.1 * 52 + 4 + 60) as unknown });
  });

  it('has no goal for freed budgets where no workload has one', () => {
    expect(judge('freedToAccepted', aRowRecord())).toMatchObject({ verdict: 'does not apply' });
  });

  it('has no verdict without runs, or if all have failed', () => {
    const failed = { tool: 'node-decommission', at: '', outcome: 'failed', reason: 'no worker' } as const;
    for (const runs of [[], [failed]]) {
      const verdicts = judgeRow(aRowRecord({ row, runs })).map(({ verdict }) => verdict);
      expect(verdicts).toEqual(GOAL_NAMES.map(() => 'not measured'));
    }
  });
});

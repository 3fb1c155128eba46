import { describe, expect, it } from '@jest/globals';
import { describeWorkloadFloor, toRowFloor, toWorkloadFloor } from '../../../bench/rows/row-floor.ts';
import { aRow, aWorkload } from '../../builders/bench-record.ts';

describe('toWorkloadFloor', () => {
  it.each([
    ['the termination without a budget', { pods: 250, terminationSeconds: 30 }, 30],
    ['one round for each pod with a budget of one', { pods: 10, terminationSeconds: 1, budget: 1 }, 9 * 2 + 1],
    ['the rounds that a percentage allows, rounded up', { pods: 50, terminationSeconds: 1, budget: '25%' }, 3 * 2 + 1],
    ['the termination if the budget allows all pods', { pods: 4, terminationSeconds: 5, budget: 4 }, 5],
    ['slow replacements in each round', { pods: 10, terminationSeconds: 30, readySeconds: 20, budget: 4 }, 2 * 20 + 30],
    ['the end of each pod of a StatefulSet', { kind: 'StatefulSet', pods: 5, budget: 1 }, 4 * (5 + 2) + 5],
  ] as const)('is %s', (_case, workload, seconds) => {
    expect(toWorkloadFloor(aWorkload(workload))).toBe(seconds);
  });

  it('uses the times of the cluster where they were observed', () => {
    const workload = aWorkload({ pods: 10, terminationSeconds: 1, budget: 1 });
    expect(toWorkloadFloor(workload, { terminationSeconds: 1.5, roundSeconds: 3 })).toBe(9 * 3 + 1.5);
  });
});

describe('toRowFloor', () => {
  const mixed = {
    name: 'mixed',
    workloads: [
      aWorkload({ name: 'web', pods: 20, budget: '25%' }),
      aWorkload({ name: 'batch', kind: 'Job', pods: 4, terminationSeconds: 1 }),
      aWorkload({ name: 'dns', pods: 4, budget: 2, terminationSeconds: 1, isSystemCritical: true }),
    ],
  } as const;

  it('is the longest workload for kubectl, without other waits', () => {
    expect(toRowFloor(mixed, 'kubectl')).toEqual({ drainSeconds: 11, wholeSeconds: 11, waits: [] });
  });

  it('adds the system-critical pods and the second read of an empty node for node-decommission', () => {
    expect(toRowFloor(mixed, 'node-decommission')).toEqual({
      drainSeconds: 11 + 3,
      wholeSeconds: 11 + 3 + 5,
      waits: [
        { name: 'system-critical pods last', seconds: 3 },
        { name: 'emptyTwiceSeconds', seconds: 5 },
      ],
    });
  });

  it('has the observed times of a workload by its name', () => {
    const observed = { web: { terminationSeconds: 6 }, other: { terminationSeconds: 60 } };
    expect(toRowFloor(aRow(), 'kubectl', observed).drainSeconds).toBe(6);
  });
});

describe('describeWorkloadFloor', () => {
  it.each([
    [{}, 'termination = 5 s'],
    [{ terminationSeconds: 1, budget: '25%' }, '(⌈50 ÷ 13⌉ − 1) × 2 s + 1 s = 7 s'],
    [{ kind: 'StatefulSet', pods: 5, budget: 1 }, '(⌈5 ÷ 1⌉ − 1) × (5 s + 2 s) + 5 s = 33 s'],
  ] as const)('has the numbers of the formula: %j', (workload, text) => {
    expect(describeWorkloadFloor(aWorkload(workload))).toBe(text);
  });
});

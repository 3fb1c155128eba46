import { describe, expect, it } from '@jest/globals';
import { describeEstimate } from '../../../src/domain/estimate/describe-estimate.ts';
import type { DrainEstimate } from '../../../src/domain/estimate/drain-estimate.ts';
import { drainEstimate } from '../../builders/drain-facts.ts';

const unknown: DrainEstimate = { graceSeconds: 30, turns: [], unknown: ['budget a/b never allows an eviction'] };

describe('describeEstimate', () => {
  it.each<[string, DrainEstimate, string]>([
    [
      'the budget that decides',
      drainEstimate(),
      '80 s to 2 minutes: default/Deployment/web in 3 rounds of about 40 s (budget default/web-pdb allows 2 of 5 evictions at a time); grace period up to 30 s',
    ],
    [
      'the limit of a workload without a budget',
      drainEstimate({ turns: drainEstimate().turns.map(({ budget: _budget, ...turns }) => turns) }),
      '80 s to 2 minutes: default/Deployment/web in 3 rounds of about 40 s (maxUnavailable allows 2 of 5 evictions at a time); grace period up to 30 s',
    ],
    [
      'only grace periods',
      drainEstimate({ likelySeconds: 0, longestSeconds: 30, turns: [] }),
      'at most 30 s: no budget delays an eviction; grace period up to 30 s',
    ],
    [
      'neither',
      drainEstimate({ likelySeconds: 0, longestSeconds: 0, graceSeconds: 0, turns: [] }),
      'at most 1 s: no budget delays an eviction',
    ],
    [
      'workloads that get a second replica first',
      drainEstimate({ likelySeconds: 40, longestSeconds: 70, turns: [], replacedFirst: ['shop/Deployment/web'] }),
      '40 to 70 s: a second replica of shop/Deployment/web first; no budget delays an eviction; grace period up to 30 s',
    ],
    ['why it is unknown', unknown, 'unknown: budget a/b never allows an eviction'],
  ])('names %s', (_name, estimate, text) => {
    expect(describeEstimate(estimate)).toBe(text);
  });
});

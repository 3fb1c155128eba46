import { describe, expect, it } from '@jest/globals';
import { describeRemaining } from '../../../src/domain/estimate/describe-remaining.ts';
import type { RemainingTime } from '../../../src/domain/estimate/remaining-time.ts';

const estimate = { likelySeconds: 300, longestSeconds: 360 };
const waitingFor = ['default/web-1: budget default/web-pdb allows 0 now', 'default/web-2: terminating', 'x'];

describe('describeRemaining', () => {
  it.each<[string, RemainingTime, object, string]>([
    [
      'the time left and the first estimate',
      { kind: 'left', likelySeconds: 180, longestSeconds: 240 },
      estimate,
      'about 3 minutes left (estimated 5 to 6 minutes at the start)',
    ],
    [
      'what has changed',
      {
        kind: 'left',
        likelySeconds: 180,
        longestSeconds: 240,
        change: { workloads: ['shop/Deployment/web'], estimatedSeconds: 40, observedSeconds: 70 },
      },
      estimate,
      'about 3 minutes left (estimated 5 to 6 minutes at the start; replacements of shop/Deployment/web need about 70 s to become Ready instead of 40 s)',
    ],
    [
      'the longest time when the drain may end at once',
      { kind: 'left', likelySeconds: 0, longestSeconds: 25 },
      {},
      'at most 25 s left',
    ],
    [
      'what it is waiting for beyond the estimate',
      { kind: 'overdue', waitingFor },
      estimate,
      'longer than estimated (5 to 6 minutes): waiting for default/web-1: budget default/web-pdb allows 0 now; default/web-2: terminating and 1 more',
    ],
    [
      'what it is waiting for when nothing shows how long',
      { kind: 'unknown', waitingFor: waitingFor.slice(0, 1) },
      {},
      'time left unknown: waiting for default/web-1: budget default/web-pdb allows 0 now',
    ],
  ])('shows %s', (_name, remaining, range, text) => {
    expect(describeRemaining(remaining, range)).toBe(text);
  });
});

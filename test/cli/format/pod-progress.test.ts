import { describe, expect, it } from '@jest/globals';
import { toPodCountLine } from '../../../src/cli/format/pod-progress.ts';
import type { StepReport } from '../../../src/domain/run/report.ts';
import { drainEstimate } from '../../builders/drain-facts.ts';
import { joinedNode, joinedPod, progress } from '../../builders/run-status.ts';

const evicting: readonly StepReport[] = [{ name: 'evict', status: 'Running', startedAt: '2026-01-01T12:00:00Z' }];
const now = '2026-01-01T12:01:00Z';
const gone = (count: number) =>
  Array.from({ length: count }, (_, index) => joinedPod({ name: `gone-${index}`, state: 'Evicted' }));
const terminating = joinedPod({ progress: progress({ state: 'Terminating' }) });

describe('toPodCountLine', () => {
  it.each([
    {
      name: 'shows the remaining time when enough pods are gone',
      pods: [...gone(6), terminating, joinedPod({ name: 'web-2' })],
      expected: '6 of 8 pods gone · 1 terminating · about 20s left at this pace',
    },
    {
      name: 'shows no remaining time after few pods',
      pods: [...gone(4), terminating],
      expected: '4 of 5 pods gone · 1 terminating',
    },
    {
      name: 'shows no remaining time while a budget blocks',
      pods: [...gone(6), joinedPod({ progress: progress() })],
      expected: '6 of 7 pods gone · 1 blocked by a budget',
    },
    {
      name: 'shows no remaining time while too many pods of its workload are missing',
      pods: [...gone(6), joinedPod({ progress: progress({ state: 'BlockedByOwnerLimit' }) })],
      expected: '6 of 7 pods gone · 1 limited by maxUnavailable',
    },
    {
      name: 'shows no remaining time while a second replica starts',
      pods: [...gone(6), joinedPod({ progress: progress({ state: 'Surging' }) })],
      expected: '6 of 7 pods gone · 1 waiting for a second replica',
    },
    {
      name: 'shows no remaining time while a Job is waited for',
      pods: [...gone(6), joinedPod({ progress: progress({ state: 'AwaitsCompletion' }) })],
      expected: '6 of 7 pods gone · 1 finishing the work of a Job',
    },
    {
      name: 'shows no remaining time while an eviction is refused',
      pods: [...gone(6), joinedPod({ progress: progress({ state: 'Refused' }) })],
      expected: '6 of 7 pods gone · 1 refused, retrying',
    },
    {
      name: 'shows no remaining time while a pod is not evicted',
      pods: [...gone(6), joinedPod({ state: 'NotEvicted' })],
      expected: '6 of 7 pods gone',
    },
    {
      name: 'shows the corrected estimate of the plan instead',
      pods: [...gone(6), terminating],
      estimate: drainEstimate(),
      remaining: { kind: 'left', likelySeconds: 40, longestSeconds: 70 } as const,
      expected: '6 of 7 pods gone · 1 terminating · about 40 s left (estimated 80 s to 2 minutes at the start)',
    },
    {
      name: 'shows no time while nothing is evicted, whatever the pace was',
      pods: [...gone(6), terminating],
      estimate: drainEstimate(),
      expected: '6 of 7 pods gone · 1 terminating',
    },
    { name: 'shows no remaining time at the end', pods: gone(6), expected: '6 of 6 pods gone' },
  ])('$name', ({ expected, ...node }) => {
    expect(toPodCountLine(joinedNode({ steps: evicting, ...node }), now)).toBe(expected);
  });
});

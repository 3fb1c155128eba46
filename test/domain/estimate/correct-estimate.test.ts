import { describe, expect, it } from '@jest/globals';
import { correctEstimate, type PodProgress } from '../../../src/domain/estimate/correct-estimate.ts';
import type { DrainEstimate } from '../../../src/domain/estimate/drain-estimate.ts';
import type { RemainingTime } from '../../../src/domain/estimate/remaining-time.ts';
import { drainEstimate } from '../../builders/drain-facts.ts';

const START = 1000;

const web = (overrides: Partial<PodProgress> = {}): PodProgress => ({
  workload: 'default/Deployment/web',
  isGone: false,
  isBlocked: false,
  wait: 'default/web-1: budget default/web-pdb allows 0 now',
  ...overrides,
});
const other = (overrides: Partial<PodProgress> = {}): PodProgress =>
  web({ workload: 'default/Deployment/other', wait: 'default/other-1: terminating', ...overrides });
const waiting = (count: number): readonly PodProgress[] =>
  Array.from({ length: count }, () => web({ isBlocked: true }));
/** Accepted and gone so many seconds after the start. */
const evicted = (...accepted: readonly number[]): readonly PodProgress[] =>
  accepted.map((seconds) => web({ isGone: true, acceptedAt: START + seconds, goneAt: START + seconds }));
const terminating = (seconds: number): PodProgress => web({ acceptedAt: START + seconds });

const left = (likelySeconds: number, longestSeconds: number): RemainingTime => ({
  kind: 'left',
  likelySeconds,
  longestSeconds,
});
const changed = (observedSeconds: number): object => ({
  change: { workloads: ['default/Deployment/web'], estimatedSeconds: 40, observedSeconds },
});
const withSpread = drainEstimate({
  turns: drainEstimate().turns.map((turns) => ({ ...turns, recovery: { likelySeconds: 40, longestSeconds: 100 } })),
});
const unknown = drainEstimate({
  turns: drainEstimate().turns.map(({ recovery: _recovery, ...turns }) => turns),
  unknown: ['x'],
});
const NEVER = 'default/web-1: budget default/web-pdb allows 0 now';

interface Row {
  readonly name: string;
  readonly estimate?: DrainEstimate;
  readonly pods: readonly PodProgress[];
  /** Since the start. */
  readonly now: number;
  readonly expected: RemainingTime | undefined;
}

describe('correctEstimate', () => {
  it.each<Row>([
    { name: 'nothing when all pods are gone', pods: evicted(0, 0), now: 5, expected: undefined },
    {
      name: 'the whole estimate at the start',
      pods: Array.from({ length: 5 }, () => web()),
      now: 0,
      expected: left(80, 110),
    },
    { name: 'what is left of it later', pods: [...evicted(0, 0), ...waiting(3)], now: 30, expected: left(50, 80) },
    {
      name: 'more when replacements need longer, and names the change',
      estimate: withSpread,
      pods: [...evicted(0, 0, 70), ...waiting(2)],
      now: 75,
      // One eviction is due now, the other one 75 s after the third.
      expected: { kind: 'left', likelySeconds: 70, longestSeconds: 125, ...changed(75) },
    },
    {
      name: 'less when replacements are faster',
      pods: [...evicted(0, 0, 20, 20), ...waiting(1)],
      now: 25,
      expected: { kind: 'left', likelySeconds: 15, longestSeconds: 65, ...changed(20) },
    },
    {
      name: 'more as soon as a round takes longer than the estimate',
      estimate: withSpread,
      pods: [...evicted(0, 0), ...waiting(3)],
      now: 60,
      expected: { kind: 'left', likelySeconds: 60, longestSeconds: 170, ...changed(60) },
    },
    {
      name: 'that a round takes longer than any pod did before',
      pods: [...evicted(0, 0), ...waiting(3)],
      now: 50,
      expected: { kind: 'overdue', waitingFor: [NEVER] },
    },
    {
      name: 'that the budget allows fewer than at the time of the plan',
      pods: [...evicted(0), ...waiting(4)],
      now: 60,
      expected: { kind: 'overdue', waitingFor: [NEVER] },
    },
    {
      name: 'only grace periods when all evictions are accepted',
      pods: [terminating(0), terminating(10)],
      now: 15,
      expected: left(0, 25),
    },
    {
      name: 'the time that earlier pods needed to end',
      pods: [web({ isGone: true, acceptedAt: START, goneAt: START + 20 }), terminating(10)],
      now: 15,
      expected: left(15, 25),
    },
    {
      name: 'that a pod is terminating for longer than its grace period',
      pods: [other({ acceptedAt: START })],
      now: 41,
      expected: { kind: 'overdue', waitingFor: ['default/other-1: terminating'] },
    },
    {
      name: 'that a budget blocks a pod which it should not',
      pods: [other({ isBlocked: true, wait: 'default/other-1: budget default/x allows 0 now' })],
      now: 5,
      expected: { kind: 'unknown', waitingFor: ['default/other-1: budget default/x allows 0 now'] },
    },
    {
      name: 'system-critical pods after the others',
      pods: [terminating(0), other()],
      now: 10,
      expected: left(0, 50),
    },
    {
      name: 'nothing about replacements that no pod shows',
      estimate: unknown,
      pods: [...evicted(0, 0), ...waiting(1)],
      now: 10,
      expected: { kind: 'unknown', waitingFor: [NEVER] },
    },
    {
      name: 'a time as soon as the first replacement shows one',
      estimate: unknown,
      pods: [...evicted(0, 0, 30), ...waiting(1)],
      now: 30,
      expected: left(0, 30),
    },
  ])('reports $name', ({ estimate = drainEstimate(), pods, now, expected }) => {
    expect(correctEstimate(estimate, { startedAt: START, pods }, START + now)).toEqual(expected);
  });
});

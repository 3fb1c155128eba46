import { describe, expect, it } from '@jest/globals';
import { addRemaining } from '../../src/client/add-remaining.ts';
import type { JoinedNodeStatus, JoinedStatus } from '../../src/client/join-status.ts';
import type { RemainingTime } from '../../src/domain/estimate/remaining-time.ts';
import { drainEstimate } from '../builders/drain-facts.ts';
import { joinedNode, joinedPod, joinedStatus, progress } from '../builders/run-status.ts';

const START = '2026-01-01T12:00:00.000Z';
const at = (seconds: number): string => new Date(Date.parse(START) + seconds * 1000).toISOString();

const workload = 'Deployment/web';
const blocked = joinedPod({ name: 'web-3', workload, progress: progress({ message: 'budget allows 0 now' }) });
const gone = ['web-1', 'web-2'].map((name) =>
  joinedPod({ name, workload, state: 'Evicted', evictedAt: at(0), goneAt: at(0) }),
);

const node = (overrides: Partial<JoinedNodeStatus> = {}): JoinedNodeStatus =>
  joinedNode({
    steps: [{ name: 'evict', status: 'Running', startedAt: START }],
    estimate: drainEstimate(),
    pods: [...gone, blocked],
    ...overrides,
  });

const remainingOf = (
  seconds: number,
  overrides: Partial<JoinedNodeStatus> = {},
  status: Partial<JoinedStatus> = {},
): RemainingTime | undefined =>
  addRemaining(joinedStatus({ nodes: [node(overrides)], ...status }), Date.parse(at(seconds))).nodes[0]?.remaining;

describe('addRemaining', () => {
  it('corrects the estimate with evictions that have ended, and with heartbeats of those that have not', () => {
    expect(remainingOf(10)).toEqual({ kind: 'left', likelySeconds: 30, longestSeconds: 60 });
    const accepted = joinedPod({
      name: 'web-3',
      workload,
      progress: progress({ state: 'Terminating', acceptedAt: at(40) }),
    });
    expect(remainingOf(45, { pods: [...gone, accepted] })).toEqual({
      kind: 'left',
      likelySeconds: 0,
      longestSeconds: 25,
    });
  });

  it('counts a pod that another client deletes as terminating since the start', () => {
    const deleted = joinedPod({ workload, progress: progress({ state: 'Terminating' }) });
    expect(remainingOf(10, { pods: [deleted] })).toMatchObject({ longestSeconds: 20 });
  });

  it('names the pod and its reason when the drain takes longer than estimated', () => {
    expect(remainingOf(60)).toEqual({ kind: 'overdue', waitingFor: ['default/web-3: budget allows 0 now'] });
  });

  it('names a pod whose Job is waited for, since nothing shows how long it runs', () => {
    const running = progress({ state: 'AwaitsCompletion', message: 'waiting until its work for Job/report has ended' });
    const pods = [joinedPod({ name: 'report-a', workload: 'Job/report', progress: running })];
    expect(remainingOf(10, { pods })).toEqual({
      kind: 'unknown',
      waitingFor: ['default/report-a: waiting until its work for Job/report has ended'],
    });
  });

  it.each<[string, Partial<JoinedNodeStatus>, Partial<JoinedStatus>]>([
    ['the plan has no estimate', { estimate: undefined } as unknown as Partial<JoinedNodeStatus>, {}],
    ['the drain has not started', { steps: [] }, {}],
    ['the drain has ended', { steps: [{ name: 'evict', status: 'Succeeded', startedAt: START }] }, {}],
    ['no pod is being evicted', { pods: gone }, {}],
    ['the decommission is paused', {}, { phase: 'Paused' }],
    ['the node is being undone', {}, { phase: 'Undoing' }],
  ])('adds nothing when %s', (_name, overrides, status) => {
    expect(remainingOf(10, overrides, status)).toBeUndefined();
  });
});

import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Context } from '@temporalio/activity';
import { ActivityCancellationDetails } from '@temporalio/common';
import type { MockActivityEnvironment } from '@temporalio/testing';
import { startHeart } from '../../../src/activities/support/heart-group.ts';
import { activityEnvironment, runIn } from '../../builders/run-activity.ts';

const BEAT_MILLISECONDS = 5000;
const PATIENT = 45_000;

interface Waiting {
  readonly environment: MockActivityEnvironment;
  /** Seconds since the start of the test. */
  readonly beats: number[];
  readonly end: () => void;
}

let started: Waiting[] = [];
let startedAt = 0;

const toSeconds = (): number => Math.round((Date.now() - startedAt) / 1000);

/** An activity that heartbeats until its end, even if it is cancelled. */
const wait = (heartbeatTimeoutMs = PATIENT, runId = 'run-1'): Waiting => {
  const environment = activityEnvironment({ heartbeatTimeoutMs, workflowExecution: { workflowId: 'node', runId } });
  const beats: number[] = [];
  environment.on('heartbeat', () => beats.push(toSeconds()));
  let end: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => (end = resolve));
  const running = runIn(environment, async () => {
    const stopHeart = startHeart(Context.current(), () => undefined);
    await ended;
    stopHeart();
  });
  running.catch(() => undefined);
  const waiting = { environment, beats, end };
  started.push(waiting);
  return waiting;
};

const pass = async (beats: number): Promise<void> => {
  await jest.advanceTimersByTimeAsync(beats * BEAT_MILLISECONDS);
};

describe('startHeart', () => {
  beforeEach(() => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] });
    startedAt = Date.now();
  });
  afterEach(async () => {
    for (const { end } of started) end();
    started = [];
    await jest.advanceTimersByTimeAsync(0);
    expect(jest.getTimerCount()).toBe(0);
    jest.useRealTimers();
  });

  it('lets one patient activity of a run beat every 5 s, the others every 20 s', async () => {
    const activities = Array.from({ length: 9 }, () => wait());
    await pass(12);
    expect(activities.map(({ beats }) => beats.length)).toEqual([12, 3, 3, 3, 3, 3, 3, 3, 3]);
    // They do not beat at the same moment: 110 pods would be 110 requests at once.
    expect(new Set(activities.slice(1).flatMap(({ beats }) => beats.slice(0, 1)))).toEqual(new Set([5, 10, 15, 20]));
  });

  it('lets an activity with a shorter heartbeat time-out beat every 5 s, and another one lead', async () => {
    const [short, leader, other] = [wait(20_000), wait(), wait()];
    await pass(4);
    expect([short, leader, other].map(({ beats }) => beats.length)).toEqual([4, 4, 1]);
  });

  it('lets each run have its own leader', async () => {
    const activities = [wait(PATIENT, 'run-1'), wait(PATIENT, 'run-2')];
    await pass(4);
    expect(activities.map(({ beats }) => beats.length)).toEqual([4, 4]);
  });

  it('lets another one lead when the leader has ended', async () => {
    const [leader, other] = [wait(), wait()];
    await pass(1);
    leader.end();
    await pass(4);
    expect([leader.beats, other.beats]).toEqual([[5], [10, 15, 20, 25]]);
  });

  it('lets all beat at once when a cancellation reaches one of them, so that it reaches all', async () => {
    const [leader, one, another] = [wait(), wait(), wait()];
    await pass(1);
    leader.environment.cancel();
    expect([leader, one, another].map(({ beats }) => beats)).toEqual([[5], [5], [5]]);
    // Each of them receives its own; that does not repeat it.
    one.environment.cancel();
    expect(another.beats).toEqual([5]);
  });

  it('does so again for a later cancellation, and lets a cancelled one no longer lead', async () => {
    const [leader, one, another] = [wait(), wait(), wait()];
    leader.environment.cancel();
    await pass(1);
    expect(one.beats).toEqual([0, 5]);
    one.environment.cancel();
    expect(another.beats).toEqual([0, 5]);
  });

  it('does not for the shutdown of the worker', async () => {
    const [leader, other] = [wait(), wait()];
    leader.environment.cancel('WORKER_SHUTDOWN', new ActivityCancellationDetails({ workerShutdown: true }));
    await pass(0);
    expect(other.beats).toEqual([]);
  });
});

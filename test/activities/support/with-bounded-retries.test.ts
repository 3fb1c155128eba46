import { describe, expect, it } from '@jest/globals';
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { withBoundedRetries } from '../../../src/activities/support/with-bounded-retries.ts';
import { runActivity } from '../../builders/run-activity.ts';

const HOUR = 3_600_000;
const STARTED_AT = 1_000_000;

/** One attempt that fails, an hour after the worker and the activity have started unless `info` sets another. */
const fail = async (error: Error, info: { attempt?: number; scheduledTimestampMs?: number } = {}): Promise<unknown> => {
  let now = STARTED_AT;
  const activity = withBoundedRetries(
    () => Promise.reject(error),
    () => now,
    3600,
  );
  now += HOUR;
  return await runActivity(activity, [], { attempt: 20, scheduledTimestampMs: STARTED_AT, ...info }).catch(
    (reason: unknown) => reason,
  );
};

describe('withBoundedRetries', () => {
  const retryable = ApplicationFailure.create({
    type: 'ClusterUnavailable',
    message: 'no response',
    nonRetryable: false,
  });

  it('makes a failure final once the patience is spent', async () => {
    expect(await fail(retryable)).toMatchObject({
      type: 'ClusterUnavailable',
      message: 'no response',
      nonRetryable: true,
    });
  });

  it.each([
    ['the activity was scheduled later', { scheduledTimestampMs: STARTED_AT + 1 }],
    ['few attempts were made', { attempt: 2 }],
  ])('passes it on for a retry when %s', async (_name, info) => {
    expect(await fail(retryable, info)).toBe(retryable);
  });

  it('counts from the start of the worker: a run may have been suspended overnight', async () => {
    const activity = withBoundedRetries(
      () => Promise.reject(retryable),
      () => STARTED_AT + HOUR,
      3600,
    );
    await expect(runActivity(activity, [], { attempt: 20, scheduledTimestampMs: 0 })).rejects.toBe(retryable);
  });

  it.each([
    ['a cancellation', new CancelledFailure('cancelled')],
    ['what is not retried anyway', ApplicationFailure.nonRetryable('no', 'Forbidden')],
  ])('passes on %s', async (_name, error) => {
    expect(await fail(error)).toBe(error);
  });

  it('returns what the activity returns', async () => {
    expect(
      await runActivity(
        withBoundedRetries(
          () => Promise.resolve(7),
          () => 0,
          60,
        ),
        [],
      ),
    ).toBe(7);
  });
});

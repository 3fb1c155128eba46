import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { isPatienceSpent } from '../../domain/run/patience.ts';

/**
 * Wraps an activity whose failures are Temporal's: one that could be retried is final once the patience is spent. The server bounds retries
 * by their number or by a time that also counts while no worker runs; see `isPatienceSpent`. The worker counts from this call on.
 *
 * @param now milliseconds since the epoch
 * @param patienceSeconds for how long it is retried
 */
export const withBoundedRetries = <Arguments extends unknown[], Result>(
  activity: (...args: Arguments) => Promise<Result>,
  now: () => number,
  patienceSeconds: number,
): ((...args: Arguments) => Promise<Result>) => {
  const workerStartedAt = now();
  return async (...args) => {
    try {
      return await activity(...args);
    } catch (error) {
      const { attempt, scheduledTimestampMs: scheduledAt } = Context.current().info;
      const failed = { attempt, scheduledAt, workerStartedAt, failedAt: now() };
      const isRetried = error instanceof ApplicationFailure && error.nonRetryable !== true;
      throw isRetried && isPatienceSpent(failed, patienceSeconds) ? toFinal(error) : error;
    }
  };
};

const toFinal = ({ type, message }: ApplicationFailure): ApplicationFailure =>
  ApplicationFailure.create({ type: type ?? 'Defect', message, nonRetryable: true });

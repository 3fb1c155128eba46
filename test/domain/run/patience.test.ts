import { describe, expect, it } from '@jest/globals';
import { isPatienceSpent, type FailedAttempt } from '../../../src/domain/run/patience.ts';

const MINUTE = 60_000;
const failed = (overrides: Partial<FailedAttempt>): FailedAttempt => ({
  attempt: 10,
  scheduledAt: 0,
  workerStartedAt: 0,
  failedAt: 30 * MINUTE,
  ...overrides,
});

describe('isPatienceSpent, for half an hour', () => {
  it.each<[string, Partial<FailedAttempt>, boolean]>([
    ['after half an hour', {}, true],
    ['before that, however many attempts failed', { attempt: 500, failedAt: 29 * MINUTE }, false],
    [
      'after a night without a worker, in which no time counts',
      { failedAt: 600 * MINUTE, workerStartedAt: 590 * MINUTE },
      false,
    ],
    ['half an hour after such a night', { failedAt: 620 * MINUTE, workerStartedAt: 590 * MINUTE }, true],
    ['after few slow attempts, which are not enough', { attempt: 4, failedAt: 600 * MINUTE }, false],
  ])('%s', (_name, attempt, isSpent) => {
    expect(isPatienceSpent(failed(attempt), 1800)).toBe(isSpent);
  });
});

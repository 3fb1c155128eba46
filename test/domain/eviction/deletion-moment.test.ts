import { describe, expect, it } from '@jest/globals';
import { toDeletionMoment } from '../../../src/domain/eviction/deletion-moment.ts';

describe('toDeletionMoment', () => {
  it.each([
    ['its grace period and five seconds before the deadline', 30, 565_000],
    ['for a short one', 0, 595_000],
    ['not in the first half of the time', 3600, 300_000],
  ])('%s', (_name, terminationGracePeriodSeconds, expected) => {
    expect(toDeletionMoment({ terminationGracePeriodSeconds }, { startedAt: 0, deadlineAt: 600_000 })).toBe(expected);
  });
});

import { afterEach, beforeEach, expect, jest } from '@jest/globals';
import type { FakeCluster } from './fake-cluster.ts';

/** Start of the fake clock. */
export const START = Date.parse('2026-01-02T00:00:00.000Z');

/**
 * Fake timers for each test around. Afterwards no timer and no follower of the cluster may be left.
 * `end` stops what still runs and gives the cluster of that test.
 */
export const useFakeClock = (end: () => FakeCluster): void => {
  beforeEach(() => {
    jest.useFakeTimers({ now: START });
  });

  afterEach(() => {
    const cluster = end();
    expect(cluster.followerCount).toBe(0);
    expect(jest.getTimerCount()).toBe(0);
    jest.useRealTimers();
  });
};

/** Advances the clock and runs what is due. */
export const settle = async (milliseconds = 0): Promise<void> => {
  await jest.advanceTimersByTimeAsync(milliseconds);
};

import { describe, expect, it } from '@jest/globals';
import { toMeasurement } from '../../../bench/drain/measure-drain.ts';
import { aRow } from '../../builders/bench-record.ts';

const command = { startedAt: 1000, endedAt: 21_000, processes: [] };
const requests = {
  byKind: { 'evict pods': 55 },
  ...{ acceptedEvictions: 50, refusedEvictions: 5, firstEvictionAt: 3000, lastAcceptedAt: 5000 },
};
const observation = { lastGoneAt: 15_000, observed: {} };

describe('toMeasurement', () => {
  it('divides the time of the command at the first eviction and at the last pod', () => {
    expect(toMeasurement(aRow(), command, requests, observation)).toMatchObject({
      ...{ wholeSeconds: 20, beforeSeconds: 2, drainSeconds: 12, afterSeconds: 6, evictionsPerSecond: 25 },
    });
  });

  it('refuses figures of a drain that did not evict each pod', () => {
    expect(() => toMeasurement(aRow(), command, { ...requests, acceptedEvictions: 49 }, observation)).toThrow(
      '49 evictions were accepted, but the node had 50 pods to evict.',
    );
  });
});

import { describe, expect, it } from '@jest/globals';
import { canReportProgress, toSkippedReadMilliseconds } from '../../../src/domain/run/drain-progress.ts';

describe('canReportProgress', () => {
  it.each([
    [10, 10_000, true],
    [40_000, 10_000, true],
    [40_001, 10_000, false],
    [51_200, 10_000, false],
    // Long lines: 2,500 reports of 8 KB.
    [10_000, 20 * 1024 * 1024, true],
    [10_000, 20 * 1024 * 1024 + 1, false],
  ])('a run with a history of %i events and %i bytes reports progress: %s', (events, bytes, expected) => {
    expect(canReportProgress({ events, bytes })).toBe(expected);
  });
});

describe('toSkippedReadMilliseconds', () => {
  it.each([
    [0, 30_000],
    [3999, 30_000],
    [4000, 60_000],
    [40_000, 30_720_000],
  ])('after %i events a node is read again after %i ms', (events, milliseconds) => {
    expect(toSkippedReadMilliseconds(events)).toBe(milliseconds);
  });

  it('leaves room in a history that cannot be ended: a year adds less than the server allows', () => {
    let events = 0;
    let reads = 0;
    for (let at = 0; at < 365 * 86_400_000; reads += 1) {
      at += toSkippedReadMilliseconds(events);
      events += 11;
    }
    expect(events).toBeLessThan(51_200);
    expect(reads).toBeGreaterThan(2000);
  });
});

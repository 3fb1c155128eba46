import { describe, expect, it } from '@jest/globals';
import { toDurationText, toSecondsBetween } from '../../../src/cli/format/duration-text.ts';

describe('toDurationText', () => {
  it.each([
    { seconds: -3, expected: '0s' },
    { seconds: 0.4, expected: '0s' },
    { seconds: 59, expected: '59s' },
    { seconds: 61, expected: '1m 01s' },
    { seconds: 3600, expected: '1h 00m' },
    { seconds: 90_061, expected: '1d 01h' },
  ])('formats $seconds s as $expected', ({ seconds, expected }) => {
    expect(toDurationText(seconds)).toBe(expected);
  });
});

describe('toSecondsBetween', () => {
  it.each([
    { name: 'two times', from: '2026-01-01T12:00:00Z', to: '2026-01-01T12:01:30Z', expected: 90 },
    { name: 'a missing one', from: undefined, to: '2026-01-01T12:01:30Z', expected: 0 },
    { name: 'an invalid one', from: 'noon', to: '2026-01-01T12:01:30Z', expected: 0 },
  ])('measures $name', ({ from, to, expected }) => {
    expect(toSecondsBetween(from, to)).toBe(expected);
  });
});

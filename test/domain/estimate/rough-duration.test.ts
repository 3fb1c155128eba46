import { describe, expect, it } from '@jest/globals';
import { toRoughDuration, toRoughRange } from '../../../src/domain/estimate/rough-duration.ts';

describe('toRoughDuration', () => {
  it.each([
    [0, '1 s'],
    [0.2, '1 s'],
    [40.4, '40 s'],
    [89, '89 s'],
    [90, '2 minutes'],
    [200, '3 minutes'],
    [5399, '90 minutes'],
    [5400, '1.5 hours'],
    [9100, '2.5 hours'],
  ])('%d seconds are %s', (seconds, text) => {
    expect(toRoughDuration(seconds)).toBe(text);
  });
});

describe('toRoughRange', () => {
  it.each([
    [0, 30, 'at most 30 s'],
    [120, 360, '2 to 6 minutes'],
    [40, 200, '40 s to 3 minutes'],
    [40, 40, 'about 40 s'],
    [40, 70, '40 to 70 s'],
    [175, 185, 'about 3 minutes'],
  ])('%d to %d seconds are %s', (from, to, text) => {
    expect(toRoughRange(from, to)).toBe(text);
  });
});

import { describe, expect, it } from '@jest/globals';
import { toUnavailableCount } from '../../../src/domain/budgets/max-unavailable.ts';

describe('toUnavailableCount', () => {
  it.each<[string, number | string, number, number]>([
    ['P2 30 % of 7 is 3', '30%', 7, 3],
    ['P2 30 % of 3 is 1', '30%', 3, 1],
    ['P2 a number is used unchanged', 2, 7, 2],
    ['1 % of 3 is 1', '1%', 3, 1],
    ['25 % of 5 is 2', '25%', 5, 2],
    ['25 % of 4 is exactly 1', '25%', 4, 1],
    ['29 % of 100 is exactly 29', '29%', 100, 29],
    ['100 % is all replicas', '100%', 7, 7],
  ])('%s', (_name, value, replicas, expected) => {
    expect(toUnavailableCount(value, replicas)).toBe(expected);
  });

  it('never allows zero of one replica or more', () => {
    const counts = Array.from({ length: 100 }, (_each, index) => toUnavailableCount(`${index + 1}%`, 2));

    expect(Math.min(...counts)).toBe(1);
  });
});

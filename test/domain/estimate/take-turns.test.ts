import { describe, expect, it } from '@jest/globals';
import { takeTurns } from '../../../src/domain/estimate/take-turns.ts';
import { createRandom } from '../../e2e/agreement/random.ts';

const CASES = 60;

describe('takeTurns', () => {
  it.each<[string, readonly number[], readonly number[], number, readonly number[]]>([
    ['one at a time', [10, 10, 10], [0], 0, [0, 10, 20]],
    ['two at a time', [10, 10, 10, 10, 10], [0, 0], 0, [0, 0, 10, 10, 20]],
    ['not before the start', [10, 10], [0], 5, [5, 15]],
    ['the first one later', [10, 10], [7], 0, [7, 17]],
    ['each as soon as one is allowed', [30, 10, 10], [0, 0], 0, [0, 0, 10]],
    ['never again after one without a replacement', [Infinity, 10], [0], 0, [0, Infinity]],
    ['never if none is allowed', [10], [], 0, [Infinity]],
    ['none', [], [0], 0, []],
  ])('sends %s', (_name, recoveries, freeAt, startAt, evictedAt) => {
    expect(takeTurns(recoveries, freeAt, startAt).evictedAt).toEqual(evictedAt);
  });

  it.each(Array.from({ length: CASES }, (_, seed) => seed))(
    'sends no eviction later when the budget allows one more, or the replacements are faster (seed %i)',
    (seed) => {
      const random = createRandom(seed);
      const numbers = (count: number): number[] => Array.from({ length: count }, () => random.integer(0, 90));
      const recoveries = numbers(random.integer(1, 30));
      const freeAt = numbers(random.integer(1, 6));
      const start = random.integer(0, 30);
      const { evictedAt } = takeTurns(recoveries, freeAt, start);

      const wider = takeTurns(recoveries, [...freeAt, random.integer(0, 90)], start).evictedAt;
      const faster = takeTurns(
        recoveries.map((seconds) => random.integer(0, seconds)),
        freeAt,
        start,
      ).evictedAt;

      expect(evictedAt.map((at, index) => (wider[index] ?? Infinity) <= at)).not.toContain(false);
      expect(evictedAt.map((at, index) => (faster[index] ?? Infinity) <= at)).not.toContain(false);
    },
  );
});

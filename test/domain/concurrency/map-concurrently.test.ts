import { describe, expect, it } from '@jest/globals';
import { mapConcurrently } from '../../../src/domain/concurrency/map-concurrently.ts';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('mapConcurrently', () => {
  it('gives the results in the order of the items, whichever ends first', async () => {
    const double = async (item: number): Promise<number> => {
      for (let wait = item; wait > 0; wait -= 1) await turn();
      return item * 2;
    };
    expect(await mapConcurrently([3, 1, 2], 3, double)).toEqual([6, 2, 4]);
  });

  it.each([
    [1, 1],
    [3, 3],
    [9, 5],
  ])('with a limit of %i has %i of 5 under way at once', async (limit, expected) => {
    let underWay = 0;
    let most = 0;
    await mapConcurrently([1, 2, 3, 4, 5], limit, async () => {
      most = Math.max(most, (underWay += 1));
      await turn();
      underWay -= 1;
    });
    expect(most).toBe(expected);
  });

  it('takes nothing as nothing', async () => {
    expect(await mapConcurrently([], 3, turn)).toEqual([]);
  });

  it('begins no more once one has failed, and fails with it', async () => {
    const begun: number[] = [];
    const work = async (item: number): Promise<void> => {
      begun.push(item);
      await turn();
      if (item === 1) throw new Error('no');
    };
    await expect(mapConcurrently([1, 2, 3, 4], 2, work)).rejects.toThrow('no');
    await turn();
    expect(begun).toEqual([1, 2]);
  });
});

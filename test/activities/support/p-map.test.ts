import { describe, expect, it } from '@jest/globals';
import pMap from 'p-map';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** What the activities, the adapter, the client and `inspect` rely on. */
describe('p-map', () => {
  it('gives the results in the order of the items, whichever ends first', async () => {
    const double = async (item: number): Promise<number> => {
      for (let wait = item; wait > 0; wait -= 1) await turn();
      return item * 2;
    };
    expect(await pMap([3, 1, 2], double, { concurrency: 3 })).toEqual([6, 2, 4]);
  });

  it.each([
    [1, 1],
    [3, 3],
    [9, 5],
  ])('with a limit of %i has %i of 5 under way at once', async (limit, expected) => {
    let underWay = 0;
    let most = 0;
    const work = async (): Promise<void> => {
      most = Math.max(most, (underWay += 1));
      await turn();
      underWay -= 1;
    };
    await pMap([1, 2, 3, 4, 5], work, { concurrency: limit });
    expect(most).toBe(expected);
  });

  it('takes nothing as nothing', async () => {
    expect(await pMap([], turn, { concurrency: 3 })).toEqual([]);
  });

  it('begins no more once one has failed, and fails with it', async () => {
    const begun: number[] = [];
    const work = async (item: number): Promise<void> => {
      begun.push(item);
      await turn();
      if (item === 1) throw new Error('no');
    };
    await expect(pMap([1, 2, 3, 4], work, { concurrency: 2 })).rejects.toThrow('no');
    await turn();
    expect(begun).toEqual([1, 2]);
  });
});

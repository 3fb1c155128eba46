import { describe, expect, it } from '@jest/globals';
import { attemptEach } from '../../../src/activities/support/attempt-each.ts';

describe('attemptEach', () => {
  it('does the work for every item, then throws the first failure', async () => {
    const done: number[] = [];
    const work = attemptEach([1, 2, 3, 4], (item) => {
      done.push(item);
      return item % 2 === 0 ? Promise.reject(new Error(`${item} failed`)) : Promise.resolve();
    });

    await expect(work).rejects.toThrow('2 failed');
    expect(done).toEqual([1, 2, 3, 4]);
  });
});

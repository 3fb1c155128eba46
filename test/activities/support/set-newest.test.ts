import { describe, expect, it } from '@jest/globals';
import { setNewest } from '../../../src/activities/support/set-newest.ts';

describe('setNewest', () => {
  it.each([
    { name: 'adds an entry', before: ['a'], key: 'b', maxCount: 2, after: ['a', 'b'] },
    { name: 'makes a known entry the newest', before: ['a', 'b'], key: 'a', maxCount: 2, after: ['b', 'a'] },
    { name: 'forgets the oldest', before: ['a', 'b'], key: 'c', maxCount: 2, after: ['b', 'c'] },
    { name: 'forgets several', before: ['a', 'b', 'c'], key: 'd', maxCount: 1, after: ['d'] },
  ])('$name', ({ before, key, maxCount, after }) => {
    const map = new Map(before.map((each) => [each, 'old']));
    setNewest(map, key, 'new', maxCount);
    expect([...map.keys()]).toEqual(after);
    expect(map.get(key)).toBe('new');
  });
});

import { describe, expect, it } from '@jest/globals';
import { toCountText, toMoreText, toShortList } from '../../../src/domain/text/counts.ts';

describe('toCountText', () => {
  it.each([
    [0, '0 pods'],
    [1, '1 pod'],
    [2, '2 pods'],
  ])('returns for %d the text %s', (count, text) => {
    expect(toCountText(count, 'pod')).toBe(text);
  });
});

describe('toMoreText', () => {
  it.each([
    [3, 3, ''],
    [2, 5, ''],
    [40, 2, 'and 38 more'],
  ])('of %d with %d listed', (total, listed, text) => {
    expect(toMoreText(total, listed)).toBe(text);
  });
});

describe('toShortList', () => {
  it.each([
    ['no items', [], ''],
    ['all items up to the limit', ['a', 'b'], 'a, b'],
    ['the first items and the number of others', ['a', 'b', 'c', 'd'], 'a, b and 2 more'],
  ])('lists %s', (_case, items, text) => {
    expect(toShortList(items, 2)).toBe(text);
  });

  it('accepts another separator', () => {
    expect(toShortList(['a', 'b', 'c'], 2, '; ')).toBe('a; b and 1 more');
  });
});

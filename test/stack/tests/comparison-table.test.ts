import { describe, expect, it } from '@jest/globals';

import { hasComparison, updateComparison } from '../../../stack/tests/comparison-table.ts';
import type { Comparison } from '../../../stack/tests/comparison-table.ts';

const EMPTY = [
  '# Page',
  '<!-- comparison: written by npm run docs:cases -->',
  '<!-- end of comparison -->',
  'End.',
].join('\n');

const comparison = (isLeft: boolean): Comparison => ({
  ways: ['ours', 'theirs'],
  leftovers: { 'the key | file': [isLeft, true] },
  others: { 'a database': [false, true] },
});

describe('updateComparison', () => {
  it('writes one table for the cluster and one for others', () => {
    const lines = updateComparison(EMPTY, comparison(false)).split('\n');
    expect(lines.filter((line) => line.startsWith('|'))).toEqual([
      '| of the cluster | ours | theirs |',
      '| --- | --- | --- |',
      '| the key &#124; file | removed | **left** |',
      '| of others | ours | theirs |',
      '| --- | --- | --- |',
      '| a database | unchanged | **destroyed** |',
    ]);
    expect(lines.at(-1)).toBe('End.');
  });
});

describe('hasComparison', () => {
  const document = updateComparison(EMPTY, comparison(false));

  it('is true for the tables that were written', () => {
    expect(hasComparison(document, comparison(false))).toBe(true);
  });

  it('is false for another result', () => {
    expect(hasComparison(document, comparison(true))).toBe(false);
  });
});

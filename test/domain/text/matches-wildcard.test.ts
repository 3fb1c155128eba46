import { describe, expect, it } from '@jest/globals';
import { matchesWildcard } from '../../../src/domain/text/matches-wildcard.ts';

describe('matchesWildcard', () => {
  it.each([
    ['worker-1', 'worker-1'],
    ['worker-1', 'worker-*'],
    ['worker-', 'worker-*'],
    ['worker-1', 'worker-?'],
    ['worker-1', '*'],
    ['worker-1', '**-***1'],
    ['a.b[1]', 'a.b[1]'],
    ['', '*'],
    ['', ''],
  ])('%s matches %s', (text, pattern) => {
    expect(matchesWildcard(text, pattern)).toBe(true);
  });

  it.each([
    ['worker-10', 'worker-1'],
    ['my-worker-1', 'worker-*'],
    ['worker-', 'worker-?'],
    ['worker-10', 'worker-?'],
    ['axb', 'a.b'],
    ['b', '[abc]'],
    ['worker', ''],
    ['Worker', 'worker'],
  ])('%s does not match %s', (text, pattern) => {
    expect(matchesWildcard(text, pattern)).toBe(false);
  });
});

import { describe, expect, it } from '@jest/globals';
import { Answer } from '../../../src/ssh/host/answer.ts';

describe('Answer', () => {
  const answer = new Answer('root\t1\nunit\ta\tloaded\tactive\nunit\tb\tnot-found\t-\nempty\t\nend\n');

  it('returns keys and their values', () => {
    expect(answer.text('root')).toBe('1');
    expect(answer.text('empty')).toBe('');
    expect(answer.text('absent')).toBeUndefined();
    expect(answer.texts('unit')).toEqual(['a', 'b']);
    expect(answer.all('unit')).toEqual([
      ['a', 'loaded', 'active'],
      ['b', 'not-found', '-'],
    ]);
    expect([answer.has('root'), answer.has('absent')]).toEqual([true, false]);
  });

  const texts: [text: string, isComplete: boolean][] = [
    ['a\t1\nend\n', true],
    ['a\t1\n', false],
    ['a\t1\nen', false],
    ['end\na\t1\n', false],
    ['', false],
  ];
  it.each(texts)('detects whether %j is complete', (text, isComplete) => {
    expect(new Answer(text).isComplete).toBe(isComplete);
  });
});

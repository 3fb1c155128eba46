import { describe, expect, it } from '@jest/globals';
import { readGivenNames } from '../../../src/cli/request/given-names.ts';
import { toInput } from '../typed-input.ts';

describe('readGivenNames', () => {
  it.each([
    { name: 'arguments', words: ['b', 'a'], typed: 'unread', expected: ['b', 'a'] },
    {
      name: 'names as kubectl prints them',
      words: ['node/a', 'nodes/b', 'no/c'],
      typed: '',
      expected: ['a', 'b', 'c'],
    },
    { name: 'standard input', words: ['-'], typed: 'node/a\nnode/b\n', expected: ['a', 'b'] },
    { name: 'standard input in one line', words: ['-'], typed: ' a  b\r\n', expected: ['a', 'b'] },
    { name: 'standard input beside arguments', words: ['x', '-', 'y'], typed: 'a b', expected: ['x', 'a', 'b', 'y'] },
    { name: 'nothing', words: [], typed: '', expected: [] },
  ])('reads $name', async ({ words, typed, expected }) => {
    expect(await readGivenNames(words, toInput(typed), [undefined])).toEqual(expected);
  });

  it.each([
    { name: 'an empty standard input', words: ['-'], otherUses: [], message: 'standard input names no node' },
    { name: 'standard input twice', words: ['-', '-'], otherUses: [], message: 'standard input can be read once' },
    { name: 'a file on it too', words: ['-'], otherUses: ['-'], message: 'standard input can be read once' },
  ])('refuses $name', async ({ words, otherUses, message }) => {
    await expect(readGivenNames(words, toInput('\n'), otherUses)).rejects.toThrow(message);
  });
});

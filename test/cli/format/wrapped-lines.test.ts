import { expect, it } from '@jest/globals';
import { toWrappedLines } from '../../../src/cli/format/wrapped-lines.ts';

it.each<readonly [string, number, readonly string[]]>([
  ['one two', 10, ['one two']],
  ['one two three', 8, ['one two', '  three']],
  ['  label text', 9, ['  label', '  text']],
  ['averyveryverylongword b', 6, ['averyveryverylongword', '  b']],
  ['', 6, ['']],
])('%j in %d columns', (text, columns, lines) => {
  expect(toWrappedLines(text, columns, 2)).toEqual(lines);
});

import { describe, expect, it } from '@jest/globals';
import { toFittingText } from '../../../src/cli/format/fitting-text.ts';

const ROW = '  shop/web-1   web   evict   fits on worker-8; its budget allows one';

describe('toFittingText', () => {
  it.each<readonly [name: string, text: string, columns: number, expected: string]>([
    ['leaves text without a terminal', ROW, 0, ROW],
    ['leaves lines that fit', 'one two\nthree', 8, 'one two\nthree'],
    ['wraps sentences at words', '  ! Budget: it allows none', 18, '  ! Budget: it\n      allows none'],
    [
      'wraps a table under its last column',
      ROW,
      50,
      `  shop/web-1   web   evict   fits on worker-8; its\n${' '.repeat(29)}budget allows one`,
    ],
    [
      'indents a row whose last column has no room',
      ROW,
      40,
      '  shop/web-1   web   evict   fits on\n      worker-8; its budget allows one',
    ],
    ['gives colours no width', '\u001b[31mone\u001b[39m two', 7, '\u001b[31mone\u001b[39m two'],
  ])('%s', (_name, text, columns, expected) => {
    expect(toFittingText(text, columns)).toBe(expected);
  });
});

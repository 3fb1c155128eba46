import { describe, expect, it } from '@jest/globals';
import { toQuotedKey, toQuotedValue } from '../../../src/domain/request/quoted-value.ts';

describe('toQuotedValue', () => {
  it.each<[string, unknown, string]>([
    ['a string', 'a b', '"a b"'],
    ['60 characters', 'x'.repeat(60), `"${'x'.repeat(60)}"`],
    ['61 characters', 'x'.repeat(61), `"${'x'.repeat(59)}…"`],
    ['an escape sequence', '\u001b[31mred', '"?[31mred"'],
    ['a line end', 'a\nb', '"a?b"'],
    ['a direction mark', 'a\u202eb', '"a?b"'],
    ['a line separator', 'a\u2028b', '"a?b"'],
    ['a surrogate pair that truncation breaks', `${'x'.repeat(60)}😀`, `"${'x'.repeat(59)}…"`],
    ['a number', 1.5, '1.5'],
    ['a boolean', false, 'false'],
    ['null', null, 'null'],
    ['undefined', undefined, 'nothing'],
    ['a list', ['secret'], 'a list'],
    ['an empty list', [], 'an empty list'],
    ['an object', { password: 'secret' }, 'an object'],
    ['a function', () => 1, 'of type function'],
  ])('%s', (_case, value, expected) => {
    expect(toQuotedValue(value)).toBe(expected);
  });
});

describe('toQuotedKey', () => {
  it.each([
    ['a key', 'colour', '`colour`'],
    ['a long key', 'x'.repeat(1000), `\`${'x'.repeat(59)}…\``],
    ['backticks and line ends', 'a`b\nc', '`a?b?c`'],
  ])('%s', (_case, key, expected) => {
    expect(toQuotedKey(key)).toBe(expected);
  });
});

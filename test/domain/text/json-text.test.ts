import { describe, expect, it } from '@jest/globals';
import { isJsonObject, parseJsonObject } from '../../../src/domain/text/json-text.ts';

describe('isJsonObject', () => {
  it.each<[string, unknown, boolean]>([
    ['an object', {}, true],
    ['an object without a prototype', Object.create(null), true],
    ['null', null, false],
    ['undefined', undefined, false],
    ['a list', [], false],
    ['a string', '{}', false],
    ['bytes', new Uint8Array(2), false],
    ['a date', new Date(0), false],
  ])('%s', (_case, value, expected) => {
    expect(isJsonObject(value)).toBe(expected);
  });
});

describe('parseJsonObject', () => {
  it.each([
    ['an object', '{"a":1}', { a: 1 }],
    ['a list', '[1]', undefined],
    ['null', 'null', undefined],
    ['text that is not JSON', '{a:1}', undefined],
    ['an empty text', '', undefined],
  ])('%s', (_case, text, expected) => {
    expect(parseJsonObject(text)).toEqual(expected);
  });
});

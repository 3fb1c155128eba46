import { describe, expect, it } from '@jest/globals';
import { judgeStart, toStartMemo } from '../../../src/client/start/start-memo.ts';

const mark = { token: 'token-1', fingerprint: 'abc' };

describe('judgeStart', () => {
  it.each([
    { name: 'our own start', memo: toStartMemo(mark, 'node-1'), fingerprintOfInput: undefined, expected: 'started' },
    {
      name: 'another start of the same request',
      memo: toStartMemo({ ...mark, token: 'token-2' }, 'node-1'),
      fingerprintOfInput: undefined,
      expected: 'attached',
    },
    {
      name: 'a start of another request',
      memo: toStartMemo({ token: 'token-2', fingerprint: 'xyz' }, 'node-1'),
      fingerprintOfInput: undefined,
      expected: 'different',
    },
    {
      name: 'another request in the memo, whatever the input is',
      memo: toStartMemo({ token: 'token-2', fingerprint: 'xyz' }, 'node-1'),
      fingerprintOfInput: 'abc',
      expected: 'different',
    },
    { name: 'a manual start with the same request', memo: {}, fingerprintOfInput: 'abc', expected: 'attached' },
    { name: 'a manual start with another request', memo: {}, fingerprintOfInput: 'xyz', expected: 'different' },
    { name: 'a manual start with an invalid request', memo: {}, fingerprintOfInput: undefined, expected: 'different' },
  ])('$name is $expected', ({ memo, fingerprintOfInput, expected }) => {
    expect(judgeStart(memo, mark, fingerprintOfInput)).toBe(expected);
  });
});

import { describe, expect, it } from '@jest/globals';
import { toInvalidInputMessage } from '../../../src/domain/request/parse-request.ts';
import { goodRequest, problemsOf } from '../../builders/refused-request.ts';

describe('input that is not a request', () => {
  it.each<[string, unknown, string]>([
    ['undefined', undefined, 'the request is missing; pass one JSON object, for example {"nodeNames": ["node-1"]}'],
    ['null', null, 'the request is missing; pass one JSON object, for example {"nodeNames": ["node-1"]}'],
    [
      'a string',
      'node-1',
      'the request must be one JSON object, but is "node-1"; for example {"nodeNames": ["node-1"]}',
    ],
    [
      'JSON in quotes',
      '{"nodeNames":["node-1"]}',
      'the request must be one JSON object, but is "{"nodeNames":["node-1"]}"; remove the quotes around it, for example {"nodeNames": ["node-1"]}',
    ],
    ['a number', 7, 'the request must be one JSON object, but is 7; for example {"nodeNames": ["node-1"]}'],
    ['true', true, 'the request must be one JSON object, but is true; for example {"nodeNames": ["node-1"]}'],
    [
      'a list',
      [goodRequest],
      'the request must be one JSON object, but is a list; for example {"nodeNames": ["node-1"]}',
    ],
    [
      'bytes',
      new Uint8Array([123, 125]),
      'the request must be one JSON object, but is an object; for example {"nodeNames": ["node-1"]}',
    ],
    [
      'a value that JSON cannot represent',
      { ...goodRequest, timeoutSeconds: 1n },
      'the request cannot be serialized as JSON',
    ],
  ])('%s', (_case, input, message) => {
    expect(problemsOf(input)).toEqual([{ key: '', message }]);
  });

  it('an object without node names', () => {
    expect(problemsOf({ hostCleanup: 'skip' })).toEqual([
      {
        key: 'nodeNames',
        message: '`nodeNames` is missing; name the nodes to decommission, for example `"nodeNames": ["node-1"]`',
      },
    ]);
  });
});

describe('huge requests get one short error', () => {
  const kilobytes = (count: number): string => 'x'.repeat(count * 1000);
  it.each<[string, Record<string, unknown>, RegExp]>([
    [
      'a long reason',
      { reason: kilobytes(300) },
      /^the request is 300\d+ characters long as JSON; at most 100000 are allowed/,
    ],
    ['a long unknown value', { colour: kilobytes(300) }, /^the request is 300\d+ characters long/],
    ['a long key', { [kilobytes(300)]: 1 }, /^the request is 300\d+ characters long/],
    [
      'many node names',
      { nodeNames: Array.from({ length: 30_000 }, (_, index) => `node-${index}`) },
      /^the request is \d{6} characters long/,
    ],
    [
      'many bad node names',
      { nodeNames: Array.from({ length: 30_000 }, () => '') },
      /^`nodeNames` must contain only node names, but entry 1 is ""/,
    ],
    [
      'many keys',
      Object.fromEntries(Array.from({ length: 30_000 }, (_, index) => [`k${index}`, 1])),
      /^the request has 30002 keys; at most 100 are allowed$/,
    ],
    [
      'a long name below the limit',
      { nodeNames: [kilobytes(90)] },
      /^`nodeNames` must contain only node names, but entry 1 is "x{59}…"/,
    ],
    ['a long key below the limit', { [kilobytes(90)]: 1 }, /^unknown key `x{59}…`; the nearest valid key is/],
  ])('%s', (_case, given, expected) => {
    const problems = problemsOf({ ...goodRequest, ...given });
    expect(problems.map(({ message }) => message)).toEqual([expect.stringMatching(expected)]);
    expect(toInvalidInputMessage(problems).length).toBeLessThan(400);
  });

  it('lists the first five of many problems', () => {
    const problems = problemsOf(Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`key${index}`, 1])));
    const message = toInvalidInputMessage(problems);
    expect(problems).toHaveLength(101);
    expect(message).toMatch(/\(5\) unknown key `key4`.*; and 96 more$/);
    expect(message.length).toBeLessThan(600);
  });
});

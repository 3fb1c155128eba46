import { describe, expect, it } from '@jest/globals';
import { isPointOfNoReturn } from '../../../src/domain/run/point-of-no-return.ts';

const point = { what: 'deleting Node node-1', at: '2026-01-02T03:04:05.000Z', nodeName: 'node-1', laterNodeNames: [] };

describe('isPointOfNoReturn', () => {
  it.each<[string, unknown, boolean]>([
    ['of a node', point, true],
    ['of a task', { ...point, nodeName: undefined }, true],
    ['nothing', undefined, false],
    ['a deleted memo', null, false],
    ['a text', 'yes', false],
    ['without a time', { ...point, at: undefined }, false],
    ['with names that are no texts', { ...point, laterNodeNames: [1] }, false],
  ])('reads a memo, which any client can write: %s', (_name, value, expected) => {
    expect(isPointOfNoReturn(value)).toBe(expected);
  });
});

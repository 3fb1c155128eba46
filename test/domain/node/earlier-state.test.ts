import { describe, expect, it } from '@jest/globals';
import {
  parseEarlierNodeState,
  toEarlierStateText,
  type EarlierNodeState,
} from '../../../src/domain/node/earlier-state.ts';

const record: EarlierNodeState = {
  taskId: '42',
  unschedulable: false,
  annotations: { 'example.io/a': null, 'example.io/b': 'before' },
  writtenHashes: { 'example.io/a': '0123456789abcdef' },
};

describe('earlier-state record', () => {
  it('is read as it was written', () => {
    expect(parseEarlierNodeState(toEarlierStateText(record))).toEqual(record);
  });

  it('can have members of a later version', () => {
    expect(parseEarlierNodeState(JSON.stringify({ ...record, taints: [] }))).toEqual(record);
  });

  it.each([
    ['no annotation', undefined],
    ['an empty text', ''],
    ['a text that is not JSON', 'was fine'],
    ['truncated JSON', toEarlierStateText(record).slice(0, -3)],
    ['a list', '[]'],
    ['no task', JSON.stringify({ ...record, taskId: undefined })],
    ['a number for the task', JSON.stringify({ ...record, taskId: 42 })],
    ['a string for unschedulable', JSON.stringify({ ...record, unschedulable: 'false' })],
    ['no annotations', JSON.stringify({ ...record, annotations: undefined })],
    ['a number among the annotations', JSON.stringify({ ...record, annotations: { a: 1 } })],
    ['annotations as a list', JSON.stringify({ ...record, annotations: ['a'] })],
    ['null among the hashes', JSON.stringify({ ...record, writtenHashes: { a: null } })],
  ])('cannot be read from %s', (_case, text) => {
    expect(parseEarlierNodeState(text)).toBeUndefined();
  });
});

import { describe, expect, it } from '@jest/globals';
import { describeLeftovers, MAX_LISTED, toLeftoverList } from '../../../src/domain/janitor/leftover-list.ts';
import { leftover } from '../../builders/leftover.ts';

const toMany = (count: number) =>
  Array.from({ length: count }, (_, index) => leftover({ object: `Node node-${index + 1}` }));

describe('toLeftoverList', () => {
  it('has no commands, and no targets', () => {
    const [listed] = toLeftoverList('east', [leftover({ workflowId: 'w', stays: 'it is past.' })], []).leftovers;
    expect(listed).toEqual({
      kind: 'marks',
      object: 'Node node-1',
      what: 'its cordon and annotations',
      taskId: 'task-1',
      workflowId: 'w',
      task: 'closed',
      stays: 'it is past.',
    });
  });

  it('is bounded, and counts all', () => {
    const { count, leftovers } = toLeftoverList('east', toMany(MAX_LISTED + 1), []);
    expect([count, leftovers.length]).toEqual([MAX_LISTED + 1, MAX_LISTED]);
  });
});

describe('describeLeftovers', () => {
  it.each([
    [1, /^ended tasks have left 1 change in cluster east: Node node-1 \(its cordon and annotations\)\. To list/],
    [7, /^ended tasks have left 7 changes in cluster east: Node node-1 .*, Node node-5 \([^)]*\) and 2 more\. To list/],
  ])('names the first of %i', (count, expected) => {
    expect(describeLeftovers(toLeftoverList('east', toMany(count), []))).toMatch(expected);
  });
});

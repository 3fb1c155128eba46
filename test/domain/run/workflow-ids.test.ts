import { describe, expect, it } from '@jest/globals';
import { parseTaskWorkflowId, toDryRunWorkflowId, toTaskWorkflowId } from '../../../src/domain/run/workflow-ids.ts';

describe('parseTaskWorkflowId', () => {
  it.each([
    {
      name: 'a task',
      id: toTaskWorkflowId('east', 't-1'),
      expected: { cluster: 'east', taskId: 't-1', dryRun: false },
    },
    {
      name: 'a dry run',
      id: toDryRunWorkflowId('east', 't-1'),
      expected: { cluster: 'east', taskId: 't-1', dryRun: true },
    },
    { name: 'a custom id', id: 'my-drain', expected: undefined },
    { name: 'a node', id: 'decommission/east/node/node-1', expected: undefined },
  ])('parses $name', ({ id, expected }) => {
    expect(parseTaskWorkflowId(id)).toEqual(expected);
  });
});

import { describe, expect, it } from '@jest/globals';
import {
  parseTaskWorkflowId,
  toDryRunWorkflowId,
  toNodeName,
  toNodeWorkflowId,
  toTaskWorkflowId,
} from '../../../src/domain/run/workflow-ids.ts';

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

describe('toNodeName', () => {
  it.each([
    ['of a node', toNodeWorkflowId('eu-west.1', 'node-1.example'), 'node-1.example'],
    ['of a task', toTaskWorkflowId('default', 'node'), undefined],
    ['chosen in the UI', 'tonight', undefined],
    ['of a longer path', 'decommission/default/node/a/b', undefined],
  ])('%s', (_name, workflowId, expected) => {
    expect(toNodeName(workflowId)).toBe(expected);
  });
});

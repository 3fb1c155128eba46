import { describe, expect, it } from '@jest/globals';
import { parseWorkflowId, toVisibilityQuery } from '../../src/client/list-decommissions.ts';
import { toDryRunWorkflowId, toTaskWorkflowId } from '../../src/domain/names.ts';

describe('parseWorkflowId', () => {
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
    { name: 'an id that somebody typed', id: 'my-drain', expected: undefined },
    { name: 'a node', id: 'decommission/east/node/node-1', expected: undefined },
  ])('reads $name', ({ id, expected }) => {
    expect(parseWorkflowId(id)).toEqual(expected);
  });
});

describe('toVisibilityQuery', () => {
  const type = "WorkflowType IN ('decommissionNodes', 'decommissionNode')";
  it.each([
    { state: 'running' as const, expected: `${type} AND ExecutionStatus = 'Running'` },
    {
      state: 'closed' as const,
      expected: `${type} AND ExecutionStatus != 'Running' AND ExecutionStatus != 'ContinuedAsNew'`,
    },
    { state: 'all' as const, expected: `${type} AND ExecutionStatus != 'ContinuedAsNew'` },
  ])('asks for $state', ({ state, expected }) => {
    expect(toVisibilityQuery(state)).toBe(expected);
  });
});

import { describe, expect, it } from '@jest/globals';
import { toNodeName } from '../../../src/domain/run/to-node-name.ts';
import { toNodeWorkflowId, toTaskWorkflowId } from '../../../src/domain/run/workflow-ids.ts';

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

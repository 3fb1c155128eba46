import { describe, expect, it } from '@jest/globals';
import { formatLeftovers } from '../../../src/cli/format/format-leftovers.ts';

describe('formatLeftovers', () => {
  it('shows each object with its task, what to know first, and the commands', () => {
    const text = formatLeftovers({
      leftovers: [
        {
          kind: 'marks',
          object: 'Node node-1',
          what: 'its cordon and annotations',
          taskId: '42',
          workflowId: 'decommission/default/task/42',
          task: 'closed',
          caution: 'check the host first.',
          commands: ['kubectl uncordon node-1', 'kubectl annotate node node-1 a-'],
        },
        { kind: 'secondReplica', object: 'Deployment shop/web', what: 'its label', task: 'unknown', commands: [] },
      ],
      notChecked: ['budgets'],
    });
    expect(text).toBe(
      `
Node node-1: its cordon and annotations
  task: 42 (workflow decommission/default/task/42), its workflow is closed
  caution: check the host first.
  $ kubectl uncordon node-1
  $ kubectl annotate node node-1 a-
Deployment shop/web: its label
  task: not known, unknown whether it still runs
Not checked: budgets
`.trim(),
    );
  });

  it('reports that nothing was found, and what was not searched', () => {
    expect(formatLeftovers({ leftovers: [], notChecked: ['budgets'] })).toBe(
      'Nothing of an ended task was found.\nNot checked: budgets',
    );
  });
});

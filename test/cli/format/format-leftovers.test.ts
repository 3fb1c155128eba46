import { describe, expect, it } from '@jest/globals';
import { formatLeftovers, formatLeftoverUndo } from '../../../src/cli/format/format-leftovers.ts';
import { leftover } from '../../builders/leftover.ts';

describe('formatLeftovers', () => {
  it('shows each object with its task, what to know first, and the commands', () => {
    const text = formatLeftovers({
      leftovers: [
        leftover({
          workflowId: 'decommission/default/task/task-1',
          caution: 'check the host first.',
          commands: ['kubectl uncordon node-1', 'kubectl annotate node node-1 a-'],
        }),
        leftover({ object: 'Node node-2', stays: 'it is past its point of no return.', commands: [] }),
        {
          kind: 'secondReplica',
          object: 'Deployment shop/web',
          what: 'its label',
          task: 'unknown',
          commands: [],
          target: { kind: 'Deployment', namespace: 'shop', name: 'web', uid: 'uid-web' },
        },
      ],
      notChecked: ['budgets'],
    });
    expect(text).toBe(
      `
Node node-1: its cordon and annotations
  task: task-1 (workflow decommission/default/task/task-1), its workflow is closed
  caution: check the host first.
  $ kubectl uncordon node-1
  $ kubectl annotate node node-1 a-
Node node-2: its cordon and annotations
  task: task-1, its workflow is closed
  stays: it is past its point of no return.
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

describe('formatLeftoverUndo', () => {
  it('shows one line for each, and the commands for what remains', () => {
    const base = { kind: 'marks', object: 'Node node-1', taskId: 'task-1', message: '' } as const;
    const text = formatLeftoverUndo(
      [
        { ...base, action: 'uncordon node node-1', status: 'Undone', remains: false },
        {
          ...base,
          kind: 'budget',
          action: 'release budget shop/web',
          status: 'Failed',
          message: 'forbidden',
          commands: ['kubectl delete pdb -n shop web'],
          remains: true,
        },
      ],
      ['budgets'],
    );
    expect(text).toBe(
      `
UNDO                      RESULT   MESSAGE
uncordon node node-1      done
release budget shop/web   FAILED   forbidden
To undo the rest manually, run:
  kubectl delete pdb -n shop web
Not checked: budgets
`.trim(),
    );
  });

  it('reports that there was nothing to undo', () => {
    expect(formatLeftoverUndo([], [])).toBe('Nothing of an ended task was found.');
  });
});

import { describe, expect, it } from '@jest/globals';
import { toSuspendedSentence } from '../../../src/cli/verbs/run.ts';
import { joinedNode, joinedStatus } from '../../builders/run-status.ts';
import { steps } from '../../builders/step-report.ts';

const cordoned = steps({ cordon: 'Succeeded' });
const onward = 'Run the same command again to go on, or `node-decommission cancel id-1` to put everything back.';

describe('toSuspendedSentence', () => {
  it.each([
    { name: 'nothing was seen', status: undefined, expected: 'no node was seen cordoned by it' },
    {
      name: 'nothing is cordoned yet',
      status: joinedStatus({ nodes: [joinedNode()] }),
      expected: 'no node was seen cordoned by it',
    },
    {
      name: 'one node is cordoned',
      status: joinedStatus({ nodes: [joinedNode({ steps: cordoned })] }),
      expected: 'node node-1 is still cordoned',
    },
    {
      name: 'two of three are, one is finished',
      status: joinedStatus({
        nodes: [
          joinedNode({ steps: cordoned, outcome: 'Decommissioned' }),
          joinedNode({ nodeName: 'node-2', steps: cordoned }),
          joinedNode({ nodeName: 'node-3', steps: cordoned }),
        ],
      }),
      expected: 'nodes node-2, node-3 are still cordoned',
    },
  ])('says how things stay when $name', ({ status, expected }) => {
    expect(toSuspendedSentence(status, 'id-1', 'node-decommission')).toBe(`Suspended: ${expected}. ${onward}`);
  });
});

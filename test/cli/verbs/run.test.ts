import { describe, expect, it } from '@jest/globals';
import { toSuspendedSentence, wakeIfParked } from '../../../src/cli/verbs/run.ts';
import { NoWorkerError } from '../../../src/client/decommission-error.ts';
import type { DecommissionHandle } from '../../../src/client/decommission-handle.ts';
import type { JoinedStatus } from '../../../src/client/join-status.ts';
import type { Attribution } from '../../../src/domain/run/status.ts';
import { joinedNode, joinedStatus } from '../../builders/run-status.ts';
import { steps } from '../../builders/step-report.ts';

const cordoned = steps({ cordon: 'Succeeded' });
const evicting = steps({ cordon: 'Succeeded', evict: 'Running' });
const cancelIt = 'or `node-decommission cancel id-1` to put everything back.';
const onward = `Run the same command again to go on, ${cancelIt}`;

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

  const drainDeadlineAt = '2026-01-01T13:00:00.000Z';
  it.each([
    {
      name: 'names the time until which going on is of use',
      status: joinedStatus({ nodes: [joinedNode({ steps: evicting, drainDeadlineAt })] }),
      expected: `Run the same command again to go on (the drain has time until ${drainDeadlineAt}; after that, it is put back), ${cancelIt}`,
    },
    {
      name: 'names no time while a pause holds it',
      status: joinedStatus({ phase: 'Paused', nodes: [joinedNode({ steps: evicting, drainDeadlineAt })] }),
      expected: onward,
    },
    {
      name: 'names no time once the pods are gone',
      status: joinedStatus({
        nodes: [joinedNode({ steps: steps({ cordon: 'Succeeded', evict: 'Succeeded' }), drainDeadlineAt })],
      }),
      expected: onward,
    },
  ])('$name', ({ status, expected }) => {
    expect(toSuspendedSentence(status, 'id-1', 'node-decommission')).toBe(
      `Suspended: node node-1 is still cordoned. ${expected}`,
    );
  });
});

/** Gives the looks one after the other. */
const handleThatShows = (
  looks: readonly (JoinedStatus | Error)[],
): { readonly handle: DecommissionHandle; readonly resumedBy: Attribution[] } => {
  const left = [...looks];
  const resumedBy: Attribution[] = [];
  const status = async (): Promise<JoinedStatus> => {
    const look = left.shift();
    if (look === undefined || look instanceof Error) throw look ?? new Error('looked at too often');
    return Promise.resolve(look);
  };
  const handle: Partial<DecommissionHandle> = {
    status,
    async *progress({ onTrouble } = {}) {
      while (left.length > 0) {
        const look = await status().catch((error: unknown) => onTrouble?.(error as Error));
        if (look) yield look;
      }
    },
    resume: (attribution) => {
      resumedBy.push(attribution);
      return Promise.resolve(joinedStatus());
    },
  };
  return { handle: handle as DecommissionHandle, resumedBy };
};

describe('wakeIfParked', () => {
  const parked = joinedStatus({ phase: 'NeedsOperator' });
  const draining = joinedStatus({ phase: 'Draining' });
  it.each([
    { name: 'one that waits for a person', looks: [parked], wakes: true },
    { name: 'one that is under way, whatever comes later,', looks: [draining, parked], wakes: false },
    {
      name: 'one whose worker has only just been started',
      looks: [new NoWorkerError('none yet'), parked],
      wakes: true,
    },
  ])('wakes $name: $wakes', async ({ looks, wakes }) => {
    const { handle, resumedBy } = handleThatShows(looks);
    await wakeIfParked(handle, 'ops', new AbortController().signal);
    expect(resumedBy).toEqual(wakes ? [{ by: 'ops', reason: 'the run command was given again' }] : []);
  });
});

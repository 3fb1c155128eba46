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
const undoIt = 'To undo all changes, run `node-decommission cancel id-1`.';
const onward = `To continue, run the same command again. ${undoIt}`;

describe('toSuspendedSentence', () => {
  it.each([
    { name: 'nothing was seen', status: undefined, expected: 'no node is known to be cordoned' },
    {
      name: 'nothing is cordoned yet',
      status: joinedStatus({ nodes: [joinedNode()] }),
      expected: 'no node is known to be cordoned',
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
  ])('describes the cluster when $name', ({ status, expected }) => {
    expect(toSuspendedSentence(status, 'node-decommission cancel id-1')).toBe(`Suspended: ${expected}. ${onward}`);
  });

  const drainDeadlineAt = '2026-01-01T13:00:00.000Z';
  it.each([
    {
      name: 'names the time until which it can continue',
      status: joinedStatus({ nodes: [joinedNode({ steps: evicting, drainDeadlineAt })] }),
      expected: `To continue, run the same command again before ${drainDeadlineAt}, when the drain times out and is undone. ${undoIt}`,
    },
    {
      name: 'names no time during a pause',
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
    expect(toSuspendedSentence(status, 'node-decommission cancel id-1')).toBe(
      `Suspended: node node-1 is still cordoned. ${expected}`,
    );
  });
});

/** Returns these results of a read, one after the other. */
const handleThatReads = (
  results: readonly (JoinedStatus | Error)[],
): { readonly handle: DecommissionHandle; readonly resumedBy: Attribution[] } => {
  const left = [...results];
  const resumedBy: Attribution[] = [];
  const status = async (): Promise<JoinedStatus> => {
    const result = left.shift();
    if (result === undefined || result instanceof Error) throw result ?? new Error('read too often');
    return Promise.resolve(result);
  };
  const handle: Partial<DecommissionHandle> = {
    status,
    async *progress({ onTrouble } = {}) {
      while (left.length > 0) {
        const result = await status().catch((error: unknown) => onTrouble?.(error as Error));
        if (result) yield result;
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
    { name: 'one that waits for an operator', results: [parked], wakes: true },
    { name: 'one that is draining, whatever follows,', results: [draining, parked], wakes: false },
    {
      name: 'one whose worker was just started',
      results: [new NoWorkerError('none yet'), parked],
      wakes: true,
    },
  ])('wakes $name: $wakes', async ({ results, wakes }) => {
    const { handle, resumedBy } = handleThatReads(results);
    await wakeIfParked(handle, 'ops', new AbortController().signal);
    expect(resumedBy).toEqual(wakes ? [{ by: 'ops', reason: 'the run command was repeated' }] : []);
  });
});

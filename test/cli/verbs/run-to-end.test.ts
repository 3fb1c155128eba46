import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runToEnd, type RunOptions } from '../../../src/cli/verbs/run.ts';
import { DifferentRequestError } from '../../../src/client/decommission-error.ts';
import type { DecommissionHandle } from '../../../src/client/decommission-handle.ts';
import { decommissionReport } from '../../builders/decommission-report.ts';
import { decommissionRequest } from '../../builders/decommission-request.ts';
import { joinedStatus } from '../../builders/run-status.ts';
import { cliContext, fakeSession, type SessionFacts } from '../embedded/fake-session.ts';
import { listed } from '../decommission/listed-decommission.ts';
import { recordOutput, type RecordedOutput } from '../recorded-output.ts';

const request = decommissionRequest({ taskId: 'own' });
const own = listed('own', 'node-1');
const other = listed('t-1', 'node-2');

/** Of a decommission that is already closed. */
const closedHandle = (attached: boolean): DecommissionHandle => {
  const closed = joinedStatus({ phase: 'Closed' });
  const handle: Partial<DecommissionHandle> = {
    workflowId: own.workflowId,
    attached,
    async *progress() {
      yield await Promise.resolve(closed);
    },
    report: () => Promise.resolve(decommissionReport({ taskId: 'own' })),
  };
  return handle as DecommissionHandle;
};

describe('runToEnd', () => {
  let statePath: string;
  beforeEach(async () => {
    statePath = await mkdtemp(join(tmpdir(), 'node-decommission-run-'));
  });
  afterEach(() => rm(statePath, { recursive: true }));

  const play = async (
    facts: SessionFacts,
    recorded: RecordedOutput = recordOutput(),
    options: RunOptions = {},
  ): Promise<{ readonly ended: unknown; readonly done: readonly string[]; readonly notes: readonly string[] }> => {
    const { session, done } = fakeSession(facts);
    const given = { input: { nodeNames: ['node-1'] }, request };
    const ended = await runToEnd(session, given, recorded.output, cliContext(statePath), options).catch(
      (error: unknown) => error,
    );
    return { ended, done, notes: recorded.readNotes() };
  };

  it.each([
    { name: 'nothing is open there', open: [], attached: false, expected: ['worker', 'start'] },
    // A different request is refused then before a worker continues with the suspended one.
    { name: 'its own drain is suspended there', open: [own], attached: true, expected: ['start', 'worker'] },
  ])('goes to the end when $name', async ({ open, attached, expected }) => {
    const { ended, done, notes } = await play({ open, started: closedHandle(attached) });
    expect({ ended, done }).toEqual({ ended: 0, done: expected });
    expect(notes[0]).toBe(`${attached ? 'Resuming' : 'Started'} ${own.workflowId}`);
    expect(await readdir(join(statePath, 'reports'))).toHaveLength(1);
  });

  it.each([
    { name: 'starts nothing', open: [], expected: { ended: 1, done: [] } },
    {
      name: 'is not asked about its own suspended drain',
      open: [own],
      expected: { ended: 0, done: ['start', 'worker'] },
    },
  ])('an operator who declines $name', async ({ open, expected }) => {
    const confirmStart = () => Promise.resolve(1 as const);
    const { ended, done } = await play({ open, started: closedHandle(true) }, recordOutput(), { confirmStart });
    expect({ ended, done }).toEqual(expected);
  });

  it.each([[[other]], [[own, other]]])('starts neither worker nor workflow beside another one: %#', async (open) => {
    const { ended, done } = await play({ open, started: closedHandle(false) });
    expect(done).toEqual([]);
    expect(ended).toMatchObject({ code: 'OthersSuspended', exitStatus: 2 });
    expect((ended as Error).message).toContain(`${other.workflowId} (node-2) is suspended in ${statePath}`);
  });

  it('starts no worker when its own suspended drain has another request', async () => {
    const { ended, done } = await play({ open: [own], started: new DifferentRequestError(own.workflowId) });
    expect(done).toEqual(['start']);
    expect(ended).toMatchObject({ code: 'DifferentRequest' });
  });

  it('ignores other decommissions on a configured server, whose workers serve all of them', async () => {
    const { ended, done } = await play({ open: [other], source: 'configured', started: closedHandle(false) });
    expect({ ended, done }).toEqual({ ended: 0, done: ['worker', 'start'] });
  });
});

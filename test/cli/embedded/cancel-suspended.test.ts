import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { undoInSession } from '../../../src/cli/embedded/cancel-suspended.ts';
import { CannotCancelError } from '../../../src/client/decommission-error.ts';
import type { DecommissionHandle } from '../../../src/client/decommission-handle.ts';
import type { ListedDecommission } from '../../../src/client/list-decommissions.ts';
import { decommissionReport } from '../../builders/decommission-report.ts';
import { joinedStatus } from '../../builders/run-status.ts';
import { cliContext, fakeSession } from './fake-session.ts';
import { listed } from '../decommission/listed-decommission.ts';
import { recordOutput } from '../recorded-output.ts';

const own = listed('own', 'node-1');
const report = decommissionReport({ taskId: 'own', outcome: 'Cancelled' });

describe('undoInSession', () => {
  let statePath: string;
  beforeEach(async () => {
    statePath = await mkdtemp(join(tmpdir(), 'node-decommission-cancel-'));
  });
  afterEach(() => rm(statePath, { recursive: true }));

  it.each<{
    readonly name: string;
    readonly open: readonly ListedDecommission[];
    readonly expected: readonly string[];
  }>([
    { name: 'prints no note without other decommissions', open: [own], expected: ['cancel', 'worker'] },
    {
      name: 'notes which others its worker also serves, before it starts the worker',
      open: [own, listed('t-1', 'node-2')],
      expected: [
        'cancel',
        'note: The worker of this command also continues decommission/default/task/t-1 (node-2), which is suspended here',
        'worker',
      ],
    },
  ])('$name', async ({ open, expected }) => {
    const order: string[] = [];
    const handle: Partial<DecommissionHandle> = {
      workflowId: own.workflowId,
      async *progress() {
        yield await Promise.resolve(joinedStatus({ phase: 'Closed' }));
      },
      report: () => Promise.resolve(report),
    };
    const { session } = fakeSession({ open, started: new Error('nothing is started here') });
    const recorded = recordOutput();
    const watched = {
      ...recorded.output,
      note: (line: string) => {
        if (line.startsWith('The worker')) order.push(`note: ${line.split(':')[0]!}`);
      },
    };
    const requestCancel = (): Promise<DecommissionHandle> => {
      order.push('cancel');
      return Promise.resolve(handle as DecommissionHandle);
    };
    const startWorker: typeof session.startWorker = () => {
      order.push('worker');
      return session.startWorker();
    };

    const ended = await undoInSession({ ...session, startWorker }, requestCancel, watched, cliContext(statePath));

    expect(ended).toEqual(report);
    expect(order).toEqual(expected);
  });

  it('starts no worker when nothing can be undone any more', async () => {
    const { session, done } = fakeSession({ open: [own], started: new Error('nothing is started here') });
    const refusal = new CannotCancelError('id', [{ what: 'x', at: 'y', laterNodeNames: [] }], false);
    const ended = undoInSession(session, () => Promise.reject(refusal), recordOutput().output, cliContext(statePath));
    await expect(ended).rejects.toBe(refusal);
    expect(done).toEqual([]);
  });
});

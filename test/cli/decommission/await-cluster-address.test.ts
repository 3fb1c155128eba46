import { describe, expect, it } from '@jest/globals';
import { awaitClusterAddress } from '../../../src/cli/decommission/await-cluster-address.ts';
import type { DecommissionHandle } from '../../../src/client/decommission-handle.ts';
import type { JoinedStatus } from '../../../src/client/join-status.ts';
import { clusterAddress } from '../../builders/cluster-address.ts';
import { joinedStatus } from '../../builders/run-status.ts';

const starting = joinedStatus({ phase: 'Starting' });
const accepted = joinedStatus({ phase: 'Preparing', clusterAddress: clusterAddress() });

/** Returns these statuses; then fails, or yields no more until the signal aborts. */
const handleWith = (statuses: readonly JoinedStatus[], failure?: Error): Pick<DecommissionHandle, 'progress'> => ({
  async *progress({ signal } = {}) {
    yield* statuses;
    if (failure !== undefined) throw failure;
    if (signal?.aborted !== true) await new Promise((resolve) => signal?.addEventListener('abort', resolve));
  },
});

describe('awaitClusterAddress', () => {
  it.each<readonly [string, Pick<DecommissionHandle, 'progress'>, object | undefined]>([
    ['once the request is accepted', handleWith([starting, accepted]), clusterAddress()],
    ['not from a run that ended without it', handleWith([joinedStatus({ phase: 'Closed' }), accepted]), undefined],
    ['not from a worker that does not record it in time', handleWith([starting]), undefined],
    ['not from a server that fails', handleWith([starting], new Error('gone')), undefined],
  ])('%s', async (_name, handle, expected) => {
    expect(await awaitClusterAddress(handle, new AbortController().signal, 50)).toEqual(expected);
  });

  it('ends with an interruption', async () => {
    expect(await awaitClusterAddress(handleWith([starting]), AbortSignal.abort(), 60_000)).toBeUndefined();
  });
});

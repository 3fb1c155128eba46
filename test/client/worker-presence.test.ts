import { describe, expect, it } from '@jest/globals';
import { ServiceError, type Client } from '@temporalio/client';

import { NoWorkerError } from '../../src/client/decommission-error.ts';
import { callWorker } from '../../src/client/worker-presence.ts';

const createClient = (...pollers: readonly string[]): Client =>
  ({
    options: { namespace: 'default' },
    workflowService: {
      describeTaskQueue: () => Promise.resolve({ pollers: pollers.map((identity) => ({ identity })) }),
    },
    withDeadline: async (_: number, call: () => Promise<unknown>) => await call(),
  }) as unknown as Client;

/** As the Temporal client throws it: the gRPC error is the cause. */
const failWith = (code: number, details: string) => (): Promise<never> => {
  const cause = Object.assign(new Error(`${code}: ${details}`), { code, details, metadata: {} });
  return Promise.reject(new ServiceError('Failed to query Workflow', { cause }));
};

const readError = async (client: Client, call: () => Promise<unknown>): Promise<unknown> =>
  await callWorker(client, call).catch((error: unknown) => error);

describe('a call that a worker answers', () => {
  it('has its answer', async () => {
    expect(await callWorker(createClient('worker-1'), () => Promise.resolve('answer'))).toBe('answer');
  });

  it.each([
    { when: 'no worker polls', pollers: [], call: failWith(4, 'not reached'), contains: 'no worker polls' },
    {
      when: 'no worker responds before the deadline',
      pollers: ['worker-1'],
      call: failWith(4, 'Deadline exceeded'),
      contains: 'responded within 10 s (last seen: worker-1)',
    },
    {
      when: 'the last workflow task has failed',
      pollers: ['worker-1'],
      call: failWith(9, 'Cannot query workflow due to Workflow Task in failed state.'),
      contains:
        'can answer for the workflow at present (Cannot query workflow due to Workflow Task in failed state): try again; ' +
        "if it stays so, the worker's log has the reason.",
    },
  ])('names the reason when $when', async ({ pollers, call, contains }) => {
    const error = await readError(createClient(...pollers), call);
    expect(error).toBeInstanceOf(NoWorkerError);
    expect((error as Error).message).toContain(contains);
  });

  it('ends with any other error of the server as it is', async () => {
    const error = await readError(createClient('worker-1'), failWith(7, 'Request unauthorized.'));
    expect(error).toBeInstanceOf(ServiceError);
  });
});

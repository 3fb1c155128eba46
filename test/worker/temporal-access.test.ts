import { describe, expect, it } from '@jest/globals';
import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import { proveTemporalAccess } from '../../src/worker/temporal-access.ts';

const deniedWith = (message: string, details: string): Error =>
  Object.assign(new Error(message), { code: 7, details, metadata: {} });

/** A server that rejects the signal to a workflow that does not exist with this error. */
const clientWith = (writing: Error): Client =>
  ({
    options: { namespace: 'ops' },
    workflowService: { describeNamespace: () => Promise.resolve({}) },
    workflow: { getHandle: () => ({ signal: () => Promise.reject(writing) }) },
  }) as unknown as Client;

describe('proveTemporalAccess', () => {
  it('accepts write access', async () => {
    await expect(
      proveTemporalAccess(clientWith(new WorkflowNotFoundError('not found', 'none', undefined))),
    ).resolves.toBeUndefined();
  });

  it.each([
    ['over a connection of the client', deniedWith('7 PERMISSION_DENIED', 'Request unauthorized.')],
    ['over a connection of the worker', deniedWith('Request unauthorized.', '')],
  ])('refuses less, since the worker would wait for work forever: %s', async (_what, cause) => {
    const error = new Error('Failed to signal Workflow', { cause });
    await expect(proveTemporalAccess(clientWith(error))).rejects.toMatchObject({
      name: 'TemporalAccessDenied',
      message: expect.stringContaining('write access to namespace "ops": Request unauthorized. Without it'),
    });
  });
});

import { describe, expect, it } from '@jest/globals';
import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import { checkTemporalAccess } from '../../../src/cli/doctor/check-temporal-access.ts';
import type { DoctorCheck } from '../../../src/cli/doctor/doctor-check.ts';

const NAME = 'access to Temporal namespace ops';

/** As gRPC reports it. */
const grpcError = (code: number): Error =>
  Object.assign(new Error(), { code, details: 'Request unauthorized.', metadata: {} });

/** As the client reports it. */
const serviceError = (code: number): Error => new Error('Failed to signal Workflow', { cause: grpcError(code) });

const notFound = new WorkflowNotFoundError('not found', 'none', undefined);

/** A server that rejects the two calls with these errors. */
const check = (reading: Error | undefined, writing: Error): Promise<DoctorCheck> => {
  const settle = (error: Error | undefined) => () =>
    error === undefined ? Promise.resolve({}) : Promise.reject(error);
  return checkTemporalAccess({
    options: { namespace: 'ops' },
    workflowService: { describeNamespace: settle(reading) },
    workflow: { getHandle: () => ({ signal: settle(writing) }) },
  } as unknown as Client);
};

describe('checkTemporalAccess', () => {
  it.each<readonly [string, Error | undefined, Error, object]>([
    ['full access', undefined, notFound, { ok: true, message: 'read and write' }],
    [
      'read access',
      undefined,
      serviceError(7),
      {
        ok: false,
        message:
          'read only (Request unauthorized): workers receive no work, and nothing can be started, paused or cancelled',
        remedy: expect.stringContaining('Grant them write access to namespace ops'),
      },
    ],
    [
      'no access',
      grpcError(7),
      serviceError(7),
      { ok: false, message: expect.stringContaining('may not describe the namespace (Request unauthorized)') },
    ],
    ['a token that is not valid', grpcError(16), serviceError(16), { ok: false }],
  ])('reports %s', async (_what, reading, writing, expected) => {
    expect(await check(reading, writing)).toMatchObject({ name: NAME, ...expected });
  });

  it('passes on that the server does not respond', async () => {
    await expect(check(grpcError(14), serviceError(14))).rejects.toMatchObject({ code: 14 });
  });
});

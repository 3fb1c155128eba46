import { describe, expect, it } from '@jest/globals';
import type { Client } from '@temporalio/client';
import { createWorkflowDirectory } from '../../src/worker/workflow-directory.ts';
import { lockHolder } from '../builders/lock-holder.ts';

/** As gRPC reports it. */
const denied = (code: number, details: string): Error =>
  Object.assign(new Error(details), { code, details, metadata: {} });

/** A Temporal whose namespace is described by `describeNamespace`; it has no method to read its cluster's id. */
const clientWith = (describeNamespace: () => Promise<unknown>): Client =>
  ({
    options: { namespace: 'ops' },
    workflowService: { describeNamespace },
    workflow: { getHandle: () => ({ describe: () => Promise.resolve({ status: { name: 'RUNNING' }, raw: {} }) }) },
  }) as unknown as Client;

const named = (id: string): Client => clientWith(() => Promise.resolve({ namespaceInfo: { id } }));

describe('createWorkflowDirectory', () => {
  it('identifies the namespace by its UUID, which credentials of one namespace can read', async () => {
    expect(await createWorkflowDirectory(named('namespace-1')).readPlace()).toEqual({
      temporalNamespaceId: 'namespace-1',
      temporalNamespace: 'ops',
    });
  });

  it.each([
    [7, 'Request unauthorized.'],
    [16, 'the token has expired'],
  ])('names the namespace when the server denies access with gRPC code %i', async (code, details) => {
    const directory = createWorkflowDirectory(clientWith(() => Promise.reject(denied(code, details))));
    await expect(directory.readPlace()).rejects.toMatchObject({
      name: 'TemporalAccessDenied',
      message: expect.stringMatching(new RegExp(`namespace "ops": ${details.replace(/\.$/, '')}.*Grant`)) as unknown,
    });
  });

  it('asks again after a failure', async () => {
    let calls = 0;
    const directory = createWorkflowDirectory(
      clientWith(() => {
        calls += 1;
        return calls === 1
          ? Promise.reject(denied(14, 'UNAVAILABLE'))
          : Promise.resolve({ namespaceInfo: { id: 'n' } });
      }),
    );
    await expect(directory.readPlace()).rejects.toMatchObject({ code: 14 });
    expect(await directory.readPlace()).toMatchObject({ temporalNamespaceId: 'n' });
  });

  it.each([
    ['its own namespace', named('namespace-1'), 'open'],
    ['another namespace', named('namespace-2'), 'unknown'],
    ['a Temporal that denies access', clientWith(() => Promise.reject(denied(7, 'no'))), 'unknown'],
  ] as const)('judges a lock of %s', async (_where, client, state) => {
    const holder = lockHolder({ temporalNamespaceId: 'namespace-1' });
    expect(await createWorkflowDirectory(client).readHolderState(holder)).toBe(state);
  });
});

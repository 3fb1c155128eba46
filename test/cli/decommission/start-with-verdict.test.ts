import { describe, expect, it } from '@jest/globals';
import { startWithVerdict } from '../../../src/cli/decommission/start-with-verdict.ts';
import type { DecommissionClient } from '../../../src/client/decommission-client.ts';
import type { DecommissionHandle } from '../../../src/client/decommission-handle.ts';
import type { StartedDecommission, VerdictOptions } from '../../../src/client/start/start-and-await-verdict.ts';
import { toPreflightVerdict, toVerdictWithoutPlan } from '../../../src/domain/plan/preflight-verdict.ts';
import { clusterAddress } from '../../builders/cluster-address.ts';
import { decommissionPlan, nodePlan } from '../../builders/decommission-plan.ts';
import { decommissionRequest } from '../../builders/decommission-request.ts';
import { recordOutput, type RecordedOutput } from '../recorded-output.ts';

const handle = { workflowId: 'id-1', runId: 'run-1', attached: false } as DecommissionHandle;
const go = toPreflightVerdict(decommissionPlan({ clusterAddress: clusterAddress(), nodes: [nodePlan()] }));
const refused = toPreflightVerdict(
  decommissionPlan({
    verdict: 'Refused',
    findings: [{ code: 'BarePod', severity: 'refusal', subject: 'default/bare', message: 'it is a bare pod.' }],
  }),
);
const cancelled = toVerdictWithoutPlan({ taskId: '', cluster: '', verdict: 'Cancelled', message: 'It was cancelled.' });

interface Scene {
  readonly workers?: readonly { readonly identity: string }[];
  readonly interruption?: AbortSignal;
}

const start = async (
  started: Partial<StartedDecommission>,
  { output }: RecordedOutput,
  { workers = [{ identity: 'worker-1' }], interruption = new AbortController().signal }: Scene = {},
): Promise<number> => {
  const client = {
    startAndAwaitVerdict: async (_input: unknown, { onStarted }: VerdictOptions) => {
      await onStarted?.(handle);
      return { handle, ...started };
    },
    readWorkers: () => Promise.resolve({ workers }),
    client: { options: { namespace: 'default' } },
  } as unknown as DecommissionClient;
  const context = { interruption, programName: 'node-decommission' };
  const given = { input: { nodeNames: ['node-1'] }, request: decommissionRequest() };
  return await startWithVerdict(client, given, () => undefined, output, context);
};

describe('startWithVerdict', () => {
  it.each([
    { name: 'Go', started: { verdict: go }, exitStatus: 0, text: 'Preflight: Go · 1 node · 0 pods to leave' },
    { name: 'Refused', started: { verdict: refused }, exitStatus: 3, text: '✗ BarePod: it is a bare pod.' },
    {
      name: 'an outcome',
      started: { verdict: cancelled },
      exitStatus: 1,
      text: 'Preflight: Cancelled: It was cancelled.',
    },
    { name: 'none in time', started: { obstacle: 'it takes too long.' }, exitStatus: 1, text: 'Started id-1\n' },
  ])('prints a verdict, whose exit status is its own: $name', async ({ started, exitStatus, text }) => {
    const recorded = recordOutput();
    expect(await start(started, recorded)).toBe(exitStatus);
    expect(recorded.readStdout()).toMatch(/^Started id-1\n/);
    expect(recorded.readStdout()).toContain(text);
    const notes = 'obstacle' in started ? ['No verdict of preflight yet: it takes too long.'] : [];
    expect(recorded.readNotes()).toEqual(notes);
  });

  it('prints one object for programs, with the address of the cluster', async () => {
    const recorded = recordOutput('json');
    await start({ verdict: go }, recorded);
    expect(JSON.parse(recorded.readStdout())).toEqual({
      workflowId: 'id-1',
      runId: 'run-1',
      attached: false,
      clusterAddress: clusterAddress(),
      verdict: go,
    });
  });

  it('prints only the workflow id as a name', async () => {
    const recorded = recordOutput('name');
    await start({ verdict: refused }, recorded);
    expect(recorded.readStdout()).toBe('id-1\n');
  });

  it('names a missing worker once', async () => {
    const recorded = recordOutput();
    expect(await start({ obstacle: 'no worker polls.' }, recorded, { workers: [] })).toBe(1);
    expect(recorded.readNotes()).toEqual([expect.stringMatching(/^No worker polls the task queue yet/)]);
  });

  it('exits with 130 when the wait is interrupted', async () => {
    const obstacle = 'the wait was interrupted; the decommission continues.';
    expect(await start({ obstacle }, recordOutput(), { interruption: AbortSignal.abort() })).toBe(130);
  });
});

import { describe, expect, it } from '@jest/globals';
import { readWorkersPlan } from '../../../src/cli/confirmation/read-workers-plan.ts';
import { DifferentRequestError } from '../../../src/client/decommission-error.ts';
import type { QueueWorkers } from '../../../src/domain/run/worker-routing.ts';
import type { DecommissionPlan } from '../../../src/domain/plan/decommission-plan.ts';
import { decommissionPlan } from '../../builders/decommission-plan.ts';
import { decommissionRequest } from '../../builders/decommission-request.ts';
import { queueWorkers } from '../../builders/queue-workers.ts';
import { joinedStatus } from '../../builders/run-status.ts';

const plan = decommissionPlan();

const read = async (workers: QueueWorkers, planned: DecommissionPlan | null | Error, signal?: AbortSignal) => {
  const started: unknown[] = [];
  const handle = {
    async *progress() {
      yield await Promise.resolve(joinedStatus());
      yield joinedStatus({ phase: 'Closed' });
      throw new Error('read after the end');
    },
    plan: () => Promise.resolve(planned),
  };
  const client = {
    client: { options: { namespace: 'default' } },
    readWorkers: () => Promise.resolve(workers),
    start: (input: unknown) => {
      started.push(input);
      return planned instanceof Error ? Promise.reject(planned) : Promise.resolve(handle);
    },
  };
  const request = decommissionRequest({ cluster: 'prod' });
  const answer = await readWorkersPlan(client as never, request, {
    interruption: signal ?? new AbortController().signal,
    programName: 'node-decommission',
  });
  return { answer, started };
};

describe('readWorkersPlan', () => {
  it('has the workers make the plan of a dry run of the same request', async () => {
    const { answer, started } = await read(queueWorkers(), plan);
    expect(answer).toEqual({ plan });
    expect(started).toEqual([expect.objectContaining({ nodeNames: ['node-1'], cluster: 'prod', dryRun: true })]);
  });

  it.each([
    {
      name: 'no worker polls',
      workers: queueWorkers([]),
      planned: plan,
      missing: 'The plan cannot be shown: No worker polls',
    },
    {
      name: 'no version of the workers is current',
      workers: queueWorkers(['1.0']),
      planned: plan,
      missing:
        'The plan cannot be shown: No worker begins with it: its workers are of version drains:1.0, and no version is current.',
    },
    { name: 'the dry run has none', workers: queueWorkers(), planned: null, missing: 'ended without a plan' },
    {
      name: 'another dry run is running',
      workers: queueWorkers(),
      planned: new DifferentRequestError('id-1'),
      missing: 'The plan cannot be shown: id-1 is already running',
    },
  ])('has the reason when $name', async ({ workers, planned, missing }) => {
    const { answer } = await read(workers, planned);
    expect(answer).toEqual({ missing: expect.stringContaining(missing) });
  });

  it('has none when it is interrupted', async () => {
    expect((await read(queueWorkers(), plan, AbortSignal.abort())).answer).toHaveProperty('missing');
  });
});

import { describe, expect, it } from '@jest/globals';
import { readWorkersPlan } from '../../../src/cli/confirmation/read-workers-plan.ts';
import { DifferentRequestError } from '../../../src/client/decommission-error.ts';
import type { QueueWorkers } from '../../../src/domain/run/worker-routing.ts';
import type { DecommissionPlan } from '../../../src/domain/plan/decommission-plan.ts';
import { decommissionPlan } from '../../builders/decommission-plan.ts';
import { decommissionRequest } from '../../builders/decommission-request.ts';
import { joinedStatus } from '../../builders/run-status.ts';

const plan = decommissionPlan();

interface Polling {
  readonly buildIds: readonly string[];
  readonly current?: string;
}

const toVersion = (buildId: string) => ({ deploymentName: 'drains', buildId });

/** An empty build id: an unversioned worker. */
const toQueue = ({ buildIds, current }: Polling): QueueWorkers => ({
  workers: buildIds.map((buildId) => ({
    identity: 'worker-1',
    ...(buildId === '' ? {} : { version: toVersion(buildId) }),
  })),
  ...(current === undefined ? {} : { current: toVersion(current) }),
});

const ONE: Polling = { buildIds: [''] };

const read = async (workers: Polling, planned: DecommissionPlan | null | Error, signal?: AbortSignal) => {
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
    readWorkers: () => Promise.resolve(toQueue(workers)),
    start: (input: unknown) => {
      started.push(input);
      return planned instanceof Error ? Promise.reject(planned) : Promise.resolve(handle);
    },
  };
  const request = decommissionRequest({ cluster: 'prod' });
  const answer = await readWorkersPlan(client as never, request, signal ?? new AbortController().signal);
  return { answer, started };
};

describe('readWorkersPlan', () => {
  it('has the workers make the plan of a dry run of the same request', async () => {
    const { answer, started } = await read(ONE, plan);
    expect(answer).toEqual({ plan });
    expect(started).toEqual([expect.objectContaining({ nodeNames: ['node-1'], cluster: 'prod', dryRun: true })]);
  });

  it.each([
    {
      name: 'no worker serves the cluster',
      workers: { buildIds: [] },
      planned: plan,
      missing: 'No worker serves cluster prod',
    },
    {
      name: 'no version of the workers is current',
      workers: { buildIds: ['1.0'] },
      planned: plan,
      missing: 'No worker makes a plan: its workers are of version drains:1.0, and no version is current.',
    },
    { name: 'the dry run has none', workers: ONE, planned: null, missing: 'ended without a plan' },
    {
      name: 'another dry run is running',
      workers: ONE,
      planned: new DifferentRequestError('id-1'),
      missing: 'The plan cannot be shown: id-1 is already running',
    },
  ])('has the reason when $name', async ({ workers, planned, missing }) => {
    const { answer } = await read(workers, planned);
    expect(answer).toEqual({ missing: expect.stringContaining(missing) });
  });

  it('has none when it is interrupted', async () => {
    expect((await read(ONE, plan, AbortSignal.abort())).answer).toHaveProperty('missing');
  });
});

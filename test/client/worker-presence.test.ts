import { describe, expect, it } from '@jest/globals';
import { ServiceError, type Client, type WorkflowExecutionDescription } from '@temporalio/client';
import proto from '@temporalio/proto';

import { NoWorkerError } from '../../src/client/decommission-error.ts';
import { callWorker } from '../../src/client/worker-presence.ts';

const { WorkerVersioningMode, VersioningBehavior } = proto.temporal.api.enums.v1;

interface Polling {
  /** Of the workers; undefined: an unversioned one. */
  readonly pollers?: readonly (string | undefined)[];
  readonly current?: string;
  /** The build id to which the workflow is pinned. */
  readonly pinnedTo?: string;
}

const toVersion = (buildId: string | undefined) =>
  buildId === undefined ? null : { deploymentName: 'drains', buildId };

/** As the server lists them; unversioned workers have a build id, too. */
const toPoller = (buildId: string | undefined) => ({
  identity: 'worker-1',
  deploymentOptions: {
    ...(toVersion(buildId) ?? { deploymentName: '', buildId: 'sdk' }),
    workerVersioningMode:
      buildId === undefined
        ? WorkerVersioningMode.WORKER_VERSIONING_MODE_UNVERSIONED
        : WorkerVersioningMode.WORKER_VERSIONING_MODE_VERSIONED,
  },
});

const createClient = ({ pollers = [undefined], current }: Polling): Client =>
  ({
    options: { namespace: 'default' },
    workflowService: {
      describeTaskQueue: () =>
        Promise.resolve({
          pollers: pollers.map(toPoller),
          versioningInfo: { currentDeploymentVersion: toVersion(current), rampingVersionPercentage: 0 },
        }),
    },
    withDeadline: async (_: number, call: () => Promise<unknown>) => await call(),
  }) as unknown as Client;

/** As the Temporal client throws it: the gRPC error is the cause. */
const failWith = (code: number, details: string) => (): Promise<never> => {
  const cause = Object.assign(new Error(`${code}: ${details}`), { code, details, metadata: {} });
  return Promise.reject(new ServiceError('Failed to query Workflow', { cause }));
};

const toCalled = ({ pinnedTo }: Polling) => ({
  workflowId: 'decommission/prod/node/worker-7',
  raw: {
    workflowExecutionInfo: {
      versioningInfo:
        pinnedTo === undefined
          ? null
          : { behavior: VersioningBehavior.VERSIONING_BEHAVIOR_PINNED, deploymentVersion: toVersion(pinnedTo) },
    },
  } as WorkflowExecutionDescription['raw'],
});

const run = async (polling: Polling, call: () => Promise<unknown>): Promise<unknown> =>
  await callWorker(createClient(polling), toCalled(polling), call);

const readError = async (polling: Polling, call: () => Promise<unknown>): Promise<unknown> =>
  await run(polling, call).catch((error: unknown) => error);

describe('a call that a worker answers', () => {
  it('has its answer', async () => {
    expect(await run({}, () => Promise.resolve('answer'))).toBe('answer');
  });

  it.each<readonly [when: string, polling: Polling]>([
    ['the version of the worker is current', { pollers: ['2', undefined], current: '2' }],
    ['the workflow is pinned to the version of a worker', { pollers: ['1', '2'], current: '2', pinnedTo: '1' }],
    ['unversioned workers are current', { pollers: ['1', undefined] }],
  ])('has its answer when %s', async (_when, polling) => {
    expect(await run(polling, () => Promise.resolve('answer'))).toBe('answer');
  });

  it.each<readonly [when: string, polling: Polling, reason: string]>([
    [
      'no version is current',
      { pollers: ['1'] },
      'its workers are of version drains:1, and no version is current. Make one current: ' +
        '`temporal worker deployment set-current-version --namespace default --deployment-name drains --build-id 1`.',
    ],
    [
      'the current version has no worker',
      { pollers: ['1', '2', '2'], current: '3' },
      'version drains:3 is current, but no worker of it polls, only of drains:1, drains:2. Start workers of that version, or make another one ' +
        'current: `temporal worker deployment set-current-version --namespace default --deployment-name drains --build-id BUILD_ID`.',
    ],
    [
      'only unversioned workers poll',
      { current: '3' },
      'version drains:3 is current, but only unversioned workers poll. Start workers of that version.',
    ],
    [
      'the workflow is pinned to a version without a worker',
      { pollers: ['2'], current: '2', pinnedTo: '1' },
      'the run is pinned to version drains:1, and no worker of it polls. Start workers of that version again, or move the run to the current ' +
        'version: `temporal workflow update-options --namespace default --workflow-id decommission/prod/node/worker-7 ' +
        '--versioning-override-behavior auto_upgrade`.',
    ],
  ])('is not sent when %s, with what to do', async (_when, polling, reason) => {
    let calls = 0;
    const error = await readError(polling, () => Promise.resolve((calls += 1)));
    expect(error).toBeInstanceOf(NoWorkerError);
    expect((error as Error).message).toBe(
      `no worker of task queue node-decommission in namespace default takes its work: ${reason}`,
    );
    expect(calls).toBe(0);
  });

  it.each([
    { when: 'no worker polls', pollers: [], call: failWith(4, 'not reached'), contains: 'no worker polls' },
    {
      when: 'no worker responds before the deadline',
      pollers: [undefined],
      call: failWith(4, 'Deadline exceeded'),
      contains: 'responded within 10 s (last seen: worker-1)',
    },
    {
      when: 'the last workflow task has failed',
      pollers: [undefined],
      call: failWith(9, 'Cannot query workflow due to Workflow Task in failed state.'),
      contains:
        'can answer for the workflow at present (Cannot query workflow due to Workflow Task in failed state): try again; ' +
        "if it stays so, the worker's log has the reason.",
    },
  ])('names the reason when $when', async ({ pollers, call, contains }) => {
    const error = await readError({ pollers }, call);
    expect(error).toBeInstanceOf(NoWorkerError);
    expect((error as Error).message).toContain(contains);
  });

  it('ends with any other error of the server as it is', async () => {
    const error = await readError({}, failWith(7, 'Request unauthorized.'));
    expect(error).toBeInstanceOf(ServiceError);
  });
});

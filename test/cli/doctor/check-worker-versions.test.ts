import { describe, expect, it } from '@jest/globals';
import type { Client } from '@temporalio/client';
import proto from '@temporalio/proto';
import { checkWorkerVersions } from '../../../src/cli/doctor/check-worker-versions.ts';
import type { QueueWorkers } from '../../../src/domain/run/worker-routing.ts';
import { queueWorkers } from '../../builders/queue-workers.ts';

const { VERSION_DRAINAGE_STATUS_DRAINED: DRAINED, VERSION_DRAINAGE_STATUS_DRAINING: DRAINING } =
  proto.temporal.api.enums.v1.VersionDrainageStatus;

const toVersion = (buildId: string) => ({ deploymentName: 'drains', buildId });

/** By build id: its drainage, if it has any. */
const createClient = (versions: Readonly<Record<string, number | undefined>> | Error): Client =>
  ({
    options: { namespace: 'ops' },
    workflowService: {
      describeWorkerDeployment: () =>
        versions instanceof Error
          ? Promise.reject(versions)
          : Promise.resolve({
              workerDeploymentInfo: {
                versionSummaries: Object.entries(versions).map(([buildId, status]) => ({
                  deploymentVersion: toVersion(buildId),
                  drainageInfo: status === undefined ? null : { status },
                })),
              },
            }),
    },
  }) as unknown as Client;

const SET_CURRENT =
  '`temporal worker deployment set-current-version --namespace ops --deployment-name drains --build-id 1`.';

describe('checkWorkerVersions', () => {
  it('has no check without versioned workers', async () => {
    expect(await checkWorkerVersions(createClient({}), queueWorkers())).toEqual([]);
  });

  it('passes with workers of the current version, and names the others', async () => {
    const versions = { '2': undefined, '1': DRAINING, '0': DRAINED };
    expect(await checkWorkerVersions(createClient(versions), queueWorkers(['1', '2'], '2'))).toEqual([
      {
        name: 'worker versions',
        ok: true,
        message:
          'drains:2 is current; drains:1 is draining: open runs are pinned to it, so keep its workers; drains:0 has drained',
      },
    ]);
  });

  it.each<readonly [what: string, versions: Parameters<typeof createClient>[0], queue: QueueWorkers, expected: object]>(
    [
      [
        'no version is current, with the command',
        { '1': undefined },
        queueWorkers(['1']),
        {
          message: 'drains:1 is not current yet',
          remedy: `Its workers are of version drains:1, and no version is current. Make one current: ${SET_CURRENT}`,
        },
      ],
      [
        'the current version has no worker',
        { '2': undefined, '1': DRAINING },
        queueWorkers(['1'], '2'),
        {
          message: 'drains:2 is current; drains:1 is draining: open runs are pinned to it, so keep its workers',
          remedy: expect.stringContaining('Version drains:2 is current, but no worker of it polls, only of drains:1.'),
        },
      ],
      [
        'a version with pinned runs has no worker',
        { '2': undefined, '1': DRAINING },
        queueWorkers(['2'], '2'),
        {
          message: 'drains:2 is current; drains:1 is draining: open runs are pinned to it',
          remedy:
            'Start workers of version drains:1 again: no worker of it polls, so the runs that are pinned to it stand still. These are listed by ' +
            "`temporal workflow list --namespace ops --query \"TemporalWorkerDeploymentVersion = 'drains:1' AND ExecutionStatus = 'Running'\"`.",
        },
      ],
      [
        'no version is current and their state cannot be read',
        new Error('Request unauthorized.'),
        queueWorkers(['1']),
        { message: expect.stringContaining(SET_CURRENT) },
      ],
    ],
  )('fails when %s', async (_what, versions, queue, expected) => {
    const checks = await checkWorkerVersions(createClient(versions), queue);
    expect(checks).toEqual([{ name: 'worker versions', ok: false, ...expected }]);
  });

  it('passes when only their state cannot be read', async () => {
    const checks = await checkWorkerVersions(
      createClient(new Error('Request unauthorized.')),
      queueWorkers(['1'], '1'),
    );
    expect(checks).toMatchObject([{ ok: true, message: expect.stringContaining('(Request unauthorized.)') }]);
  });
});

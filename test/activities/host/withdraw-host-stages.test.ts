import { beforeEach, describe, expect, it } from '@jest/globals';
import { withdrawHostStages } from '../../../src/activities/host/withdraw-host-stages.ts';
import type { HostWithdrawal } from '../../../src/domain/host/withdrawal.ts';
import { HostFailure } from '../../../src/ports/host-failure.ts';
import { activityDependencies } from '../../builders/activity-dependencies.ts';
import { hostTarget, provenHostFacts } from '../../builders/host-target.ts';
import { runActivity } from '../../builders/run-activity.ts';
import { taskContext } from '../../builders/task-context.ts';
import { FakeCluster } from '../../fakes/fake-cluster.ts';
import { FakeHosts } from '../../fakes/fake-hosts.ts';

let hosts: FakeHosts;

const run = (context = taskContext()): Promise<HostWithdrawal> =>
  runActivity(withdrawHostStages(activityDependencies(new FakeCluster(), { hosts })), [context, hostTarget()]);

beforeEach(() => {
  hosts = new FakeHosts();
});

describe('withdrawHostStages', () => {
  it.each(['Untouched', 'Touched'] as const)('returns what the proven host reports: %s', async (kind) => {
    hosts.withdrawal = kind;
    expect(await run()).toEqual({ kind });
    expect(hosts.withdrawn).toEqual(['operation-1']);
  });

  const unknown: [name: string, arrange: () => void, why: string][] = [
    ['the host has no record', () => (hosts.withdrawal = 'Unclear'), 'its kubelet does not run'],
    [
      'the connection is lost',
      () => (hosts.failures.withdraw = new HostFailure('Unknown', 'the connection was lost.')),
      'the connection was lost.',
    ],
    [
      'the host cannot be reached',
      () => (hosts.failures.connect = new HostFailure('Unreachable', 'no response.')),
      'no response.',
    ],
    [
      'another host responds',
      () => (hosts.facts = provenHostFacts({ machineID: 'machine-2' })),
      'is not the machine of node node-1',
    ],
  ];
  it.each(unknown)('never claims that nothing was done when %s', async (_name, arrange, why) => {
    arrange();
    expect(await run()).toEqual({ kind: 'Unknown', why: expect.stringContaining(why) as unknown });
  });

  it('is retried while the worker has another cluster under that name', async () => {
    const context = taskContext({ clusterIdentity: { kubeSystemUid: 'another', caHashes: ['another'] } });
    await expect(run(context)).rejects.toMatchObject({ type: 'ClusterMismatch', retryable: true });
    expect(hosts.withdrawn).toEqual([]);
  });
});

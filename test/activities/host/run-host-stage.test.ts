import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { runHostStage } from '../../../src/activities/host/run-host-stage.ts';
import type { HostStage, StageState } from '../../../src/domain/host/stage.ts';
import { HostFailure } from '../../../src/ports/host-failure.ts';
import { activityDependencies } from '../../builders/activity-dependencies.ts';
import { hostLayout } from '../../builders/host-facts.ts';
import { hostTarget, provenHostFacts } from '../../builders/host-target.ts';
import { runActivity } from '../../builders/run-activity.ts';
import { taskContext } from '../../builders/task-context.ts';
import { FakeCluster } from '../../fakes/fake-cluster.ts';
import { FakeHosts } from '../../fakes/fake-hosts.ts';

let hosts: FakeHosts;

interface Past {
  readonly attempt?: number;
  readonly isRepeat?: boolean;
  readonly heartbeatDetails?: object;
  readonly stage?: HostStage;
}

const run = ({ attempt = 1, isRepeat = false, heartbeatDetails, stage = 'stopKubelet' }: Past = {}): Promise<string> =>
  runActivity(
    runHostStage(activityDependencies(new FakeCluster(), { hosts })),
    [taskContext(), stage, { ...hostTarget(), layout: hostLayout(), deadlineSeconds: 300, isRepeat }],
    { attempt, heartbeatDetails },
  );

const ended = (isOk: boolean, ...items: [name: string, status: 'Done' | 'NothingToDo' | 'Failed'][]): StageState => ({
  kind: 'Ended',
  isOk,
  items: items.map(([name, status]) => ({ name, status, message: status === 'Failed' ? 'it hangs' : '' })),
});

beforeEach(() => {
  hosts = new FakeHosts();
});

afterEach(() => {
  expect(hosts.closedCount).toBe(hosts.connections.length);
});

describe('runHostStage', () => {
  it('starts the stage on the proven host, waits for its end and reports what was done', async () => {
    hosts.states = [{ kind: 'Running' }, ended(true, ['kubelet.service stopped', 'Done'], ['docker', 'NothingToDo'])];
    expect(await run()).toBe('kubelet.service stopped');
    expect(hosts.identifiedOperations).toEqual(['operation-1']);
    // The whole probe takes seconds, and a stage needs none of it.
    expect(hosts.readOperations).toEqual([]);
    expect(hosts.connections).toEqual([{ nodeName: 'node-1', addresses: ['10.0.0.5', 'node-1'] }]);
    expect(hosts.started).toEqual([
      {
        stage: 'stopKubelet',
        input: {
          marker: {
            operationId: 'operation-1',
            nodeName: 'node-1',
            nodeUid: 'uid-node-1',
            machineID: hostTarget().target.machineID,
            caHashes: taskContext().clusterIdentity.caHashes,
          },
          kubeletUnits: ['kubelet.service'],
          layout: hostLayout(),
          deadlineSeconds: 300,
          round: 0,
        },
      },
    ]);
  });

  it('names what earlier attempts did too, each once', async () => {
    hosts.states = [ended(true, ['docker', 'Done'], ['kubelet.service stopped', 'Done'], ['docker', 'Done'])];
    expect(await run()).toBe('docker, kubelet.service stopped');
  });

  it('reports when no changes were needed', async () => {
    hosts.states = [ended(true, ['kubelet.service stopped', 'NothingToDo'])];
    expect(await run()).toBe('no changes needed');
  });

  const notBegun: [name: string, arrange: () => void, says: string][] = [
    [
      'another host',
      () => (hosts.facts = provenHostFacts({ machineID: 'machine-2' })),
      'is not the machine of node node-1',
    ],
    [
      'a control-plane host',
      () => (hosts.facts = provenHostFacts({ controlPlaneSigns: ['etcd runs there'] })),
      'etcd runs there',
    ],
    [
      'a key that changed',
      () => (hosts.failures.connect = new HostFailure('HostKeyRefused', 'the key has changed.')),
      'the key has changed',
    ],
    ['no connection settings', () => (hosts.kubeletUnits = undefined), 'no connection settings for the host'],
  ];
  it.each(notBegun)('%s: starts nothing, and proves it', async (_name, arrange, sentence) => {
    arrange();
    await expect(run()).rejects.toMatchObject({
      type: 'HostStageNotBegun',
      message: expect.stringContaining(sentence),
    });
    expect(hosts.started).toEqual([]);
  });

  it('claims that nothing was done only for the first stage', async () => {
    hosts.facts = provenHostFacts({ machineID: 'machine-2' });
    await expect(run({ stage: 'cleanHost' })).rejects.toMatchObject({ type: 'HostNotProven' });
  });

  it.each([
    { name: 'a second attempt', attempt: 2 },
    { name: 'a repetition', isRepeat: true },
  ])('$name proves nothing: an earlier one may have started it', async ({ attempt = 1, isRepeat = false }) => {
    hosts.facts = provenHostFacts({ machineID: 'machine-2' });
    await expect(run({ attempt, isRepeat })).rejects.toMatchObject({ type: 'HostNotProven' });
  });

  it.each(['connect', 'startStage', 'readStage'] as const)('a connection lost in %s is retried', async (call) => {
    hosts.failures[call] = new HostFailure(call === 'connect' ? 'Unreachable' : 'Unknown', 'the connection was lost.');
    await expect(run()).rejects.toMatchObject({ name: 'HostFailure', retryable: true });
  });

  const bad: [name: string, state: StageState, says: string][] = [
    ['items that failed', ended(false, ['mounts', 'Failed'], ['shims', 'Done']), 'mounts (it hangs)'],
    ['a stage that is lost', { kind: 'Lost', message: 'the host was restarted' }, 'the host was restarted'],
    ['a host without a record', { kind: 'NotStarted' }, 'has no record of the stage'],
  ];
  it.each(bad)('%s: fails, is retried twice, then needs an operator', async (_name, state, sentence) => {
    hosts.states = [state];
    const message: unknown = expect.stringContaining(sentence);
    await expect(run()).rejects.toMatchObject({ type: 'HostStageFailed', retryable: true, message });
    const last = { attempt: 9, heartbeatDetails: { failureCount: 2 } };
    await expect(run(last)).rejects.toMatchObject({ type: 'HostStageFailed', retryable: false, message });
  });

  it('attempts that lost the connection or their worker do not count as failures of the stage', async () => {
    hosts.states = [ended(false, ['mounts', 'Failed'])];
    const heartbeatDetails = { message: 'stopKubelet runs', failureCount: 1 };
    await expect(run({ attempt: 9, heartbeatDetails })).rejects.toMatchObject({ retryable: true });
  });
});

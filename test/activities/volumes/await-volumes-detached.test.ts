import { describe, expect, it, jest } from '@jest/globals';
import { CancelledFailure } from '@temporalio/common';
import type { MockActivityEnvironment } from '@temporalio/testing';
import { awaitVolumesDetached } from '../../../src/activities/volumes/await-volumes-detached.ts';
import type { PodFacts, VolumeAttachmentFacts } from '../../../src/domain/cluster/facts.ts';
import { ClusterFailure } from '../../../src/ports/cluster-failure.ts';
import { activityDependencies } from '../../builders/activity-dependencies.ts';
import { owner, pod } from '../../builders/pod.ts';
import { activityEnvironment, runIn } from '../../builders/run-activity.ts';
import { taskContext } from '../../builders/task-context.ts';
import { FakeCluster, type FakeClusterFacts } from '../../fakes/fake-cluster.ts';
import { START, useFakeClock } from '../../fakes/fake-clock.ts';

const attachment = (overrides: Partial<VolumeAttachmentFacts> = {}): VolumeAttachmentFacts => ({
  name: 'csi-1',
  nodeName: 'node-1',
  volumeName: 'pv-1',
  attached: true,
  ...overrides,
});

let cluster: FakeCluster;
let environment: MockActivityEnvironment;

const begin = (attachments: readonly VolumeAttachmentFacts[], facts: Partial<FakeClusterFacts> = {}): Promise<void> => {
  cluster = new FakeCluster({ attachments, ...facts });
  environment = activityEnvironment();
  const input = { nodeName: 'node-1', volumeNames: ['pv-1', 'pv-2'], deadlineAt: START + 60_000 };
  const ended = runIn(environment, awaitVolumesDetached(activityDependencies(cluster)), taskContext(), input);
  ended.catch(() => undefined);
  return ended;
};

useFakeClock(() => cluster);

describe('awaitVolumesDetached', () => {
  const nothing: [name: string, attachments: VolumeAttachmentFacts[]][] = [
    ['nothing is attached', []],
    ['the volume is attached to another node', [attachment({ nodeName: 'node-2' })]],
    ['only volumes of pods that stay are attached', [attachment({ volumeName: 'pv-daemon' })]],
    ['only an inline volume is attached', [attachment({ volumeName: '' })]],
  ];
  it.each(nothing)('%s: returns at once', async (_name, attachments) => {
    await begin(attachments);
    expect(Date.now()).toBe(START);
  });

  const agent = pod({
    name: 'agent',
    controller: owner('apps/v1', 'DaemonSet', 'agent'),
    persistentVolumeClaims: ['shared'],
  });
  const claims = [
    { namespace: 'default', name: 'shared', volumeName: 'pv-1' },
    { namespace: 'other', name: 'shared', volumeName: 'pv-2' },
  ];

  it('does not wait for a volume that a staying pod also uses', async () => {
    await begin([attachment()], { pods: [agent], claims });
    expect(Date.now()).toBe(START);
  });

  const usedBy: [name: string, user: PodFacts | undefined][] = [
    ['no pod', undefined],
    ['a pod on another node', { ...agent, nodeName: 'node-2' }],
    ['a pod that has finished', { ...agent, phase: 'Succeeded' }],
    ['a claim of the same name elsewhere', { ...agent, namespace: 'other' }],
  ];
  it.each(usedBy)('waits for a volume used by %s', async (_name, user) => {
    const ended = begin([attachment()], { pods: user ? [user] : [], claims });
    await jest.advanceTimersByTimeAsync(60_000);
    await expect(ended).rejects.toMatchObject({ type: 'DetachTimeout' });
  });

  it('reads the staying pods each time', async () => {
    const ended = begin([attachment(), attachment({ name: 'csi-2', volumeName: 'pv-2' })], { pods: [agent], claims });
    await jest.advanceTimersByTimeAsync(2000);
    cluster.pods.drop('agent', 'default');
    cluster.attachments = [attachment()];
    await jest.advanceTimersByTimeAsync(58_000);
    await expect(ended).rejects.toMatchObject({
      type: 'DetachTimeout',
      message: expect.stringContaining('pv-1 (VolumeAttachment csi-1)'),
    });
  });

  it('reads pods only while something is attached', async () => {
    await begin([], { pods: [agent], claims });
    expect(cluster.argsOf('readPods')).toEqual([]);
  });

  it('returns when the last one is gone', async () => {
    const ended = begin([attachment(), attachment({ name: 'csi-2', volumeName: 'pv-2', attached: false })]);
    await jest.advanceTimersByTimeAsync(10_000);
    cluster.attachments = [];
    await jest.advanceTimersByTimeAsync(2000);
    await ended;
    expect(cluster.argsOf('readVolumeAttachments')).toHaveLength(7);
  });

  it('at the deadline: DetachTimeout that names the remaining volumes', async () => {
    const ended = begin([attachment()]);
    await jest.advanceTimersByTimeAsync(60_000);
    await expect(ended).rejects.toMatchObject({
      type: 'DetachTimeout',
      retryable: false,
      message: expect.stringContaining('pv-1 (VolumeAttachment csi-1)'),
    });
  });

  it('heartbeats during a long read', async () => {
    cluster = new FakeCluster();
    const ended = begin([]);
    const held = cluster.hold('readVolumeAttachments');
    let heartbeats = 0;
    environment.on('heartbeat', () => (heartbeats += 1));
    await jest.advanceTimersByTimeAsync(29_000);
    expect(heartbeats).toBe(5);
    held.release();
    await ended;
  });

  it('ends when it is cancelled', async () => {
    const ended = begin([attachment()]);
    await jest.advanceTimersByTimeAsync(1000);
    environment.cancel();
    await expect(ended).rejects.toBeInstanceOf(CancelledFailure);
    await jest.runOnlyPendingTimersAsync();
  });

  it('throws the failure of a read, for another attempt', async () => {
    const ended = begin([attachment()]);
    cluster.fail('readVolumeAttachments', new ClusterFailure('ServerError', 'no', 500));
    await expect(ended).rejects.toMatchObject({ reason: 'ServerError' });
  });
});

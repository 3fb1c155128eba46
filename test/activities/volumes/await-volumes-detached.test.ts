import { describe, expect, it, jest } from '@jest/globals';
import { CancelledFailure } from '@temporalio/common';
import type { MockActivityEnvironment } from '@temporalio/testing';
import { awaitVolumesDetached, type DetachedNode } from '../../../src/activities/volumes/await-volumes-detached.ts';
import type { PodFacts, VolumeAttachmentFacts } from '../../../src/domain/cluster/facts.ts';
import { ClusterFailure } from '../../../src/ports/cluster-failure.ts';
import { activityDependencies } from '../../builders/activity-dependencies.ts';
import { decommissionRequest } from '../../builders/decommission-request.ts';
import { barePod, owner, pod } from '../../builders/pod.ts';
import { activityEnvironment, runIn } from '../../builders/run-activity.ts';
import { taskContext } from '../../builders/task-context.ts';
import { inlineAttachment, volumeAttachment } from '../../builders/volume-attachment.ts';
import { countlessWorkload } from '../../builders/workload.ts';
import { FakeCluster } from '../../fakes/fake-cluster.ts';
import type { FakeClusterFacts } from '../../fakes/fake-cluster-facts.ts';
import { settle, START, useFakeClock } from '../../fakes/fake-clock.ts';

const WAIT_MILLISECONDS = 600_000;

let cluster: FakeCluster;
let environment: MockActivityEnvironment;
let messages: string[];

const begin = (facts: Partial<FakeClusterFacts> = {}): Promise<DetachedNode> => {
  cluster = new FakeCluster({ workloads: [countlessWorkload('apps/v1', 'DaemonSet', 'agent')], ...facts });
  environment = activityEnvironment();
  messages = [];
  environment.on('heartbeat', ({ message }: { message: string }) => messages.push(message));
  const activity = awaitVolumesDetached(activityDependencies(cluster));
  const input = { nodeName: 'node-1', deadlineAt: START + WAIT_MILLISECONDS };
  const ended = runIn(environment, activity, taskContext(), decommissionRequest(), input);
  ended.catch(() => undefined);
  return ended;
};

useFakeClock(() => cluster);

/** Of a DaemonSet, with claim `data`. */
const agent = pod({
  name: 'agent',
  controller: owner('apps/v1', 'DaemonSet', 'agent'),
  persistentVolumeClaims: ['data'],
});
const mirror = barePod({ name: 'etcd', mirror: true });
const claims = [
  { namespace: 'default', name: 'data', volumeName: 'pv-1' },
  { namespace: 'other', name: 'data', volumeName: 'pv-2' },
];

describe('awaitVolumesDetached', () => {
  it.each<[string, VolumeAttachmentFacts[]]>([
    ['nothing is attached', []],
    ['a volume is attached to another node', [volumeAttachment({ nodeName: 'node-2' })]],
  ])('%s: one LIST, no watch and no read of pods', async (_name, attachments) => {
    await expect(begin({ attachments, pods: [agent], claims })).resolves.toEqual({ stayingCount: 0 });
    expect(cluster.argsOf('readVolumeAttachments')).toHaveLength(1);
    expect(cluster.argsOf('readPods')).toEqual([]);
  });

  const migrated = { driver: 'disk.csi', handle: 'vol-1' };
  it.each<[string, PodFacts, VolumeAttachmentFacts]>([
    ['a DaemonSet pod', agent, volumeAttachment()],
    [
      'a DaemonSet pod that is being replaced',
      { ...agent, deletionTimestamp: '2026-01-02T00:00:00Z' },
      volumeAttachment(),
    ],
    ['a mirror pod', { ...mirror, persistentVolumeClaims: ['data'] }, volumeAttachment()],
    ['a pod that names the disk itself', { ...agent, inlineDisks: [migrated] }, inlineAttachment()],
  ])('does not wait for a volume of %s', async (_name, user, attachment) => {
    await expect(begin({ attachments: [attachment], pods: [user], claims })).resolves.toEqual({ stayingCount: 1 });
  });

  it.each<[string, PodFacts | undefined]>([
    ['no pod: an earlier drain evicted it', undefined],
    ['a pod on another node', { ...agent, nodeName: 'node-2' }],
    [
      'a claim of the same name in another namespace',
      { ...mirror, namespace: 'other', persistentVolumeClaims: ['data'] },
    ],
  ])('waits for a volume of %s', async (_name, user) => {
    const ended = begin({ attachments: [volumeAttachment()], pods: user ? [user] : [], claims });
    await settle(WAIT_MILLISECONDS);
    await expect(ended).rejects.toMatchObject({ type: 'DetachTimeout' });
  });

  it.each<[string, PodFacts]>([
    ['a pod that appeared after the drain', pod({ name: 'late' })],
    ['a pod that has finished', { ...agent, name: 'late', phase: 'Succeeded' }],
    [
      'a pod whose DaemonSet no longer exists',
      { ...agent, name: 'late', controller: owner('apps/v1', 'DaemonSet', '-') },
    ],
  ])('does not wait while there is %s', async (_name, late) => {
    await expect(begin({ attachments: [volumeAttachment()], pods: [agent, late], claims })).rejects.toMatchObject({
      type: 'NodeBoundPods',
      retryable: false,
      message: expect.stringContaining('after it was drained: default/late.'),
    });
  });

  it('waits for a disk that only a pod before named itself', async () => {
    const ended = begin({ attachments: [inlineAttachment()], pods: [agent], claims });
    await settle(WAIT_MILLISECONDS);
    await expect(ended).rejects.toMatchObject({
      type: 'DetachTimeout',
      retryable: false,
      message: expect.stringContaining('volume vol-1 (CSI driver disk.csi, VolumeAttachment csi-inline)'),
    });
  });

  it('continues as soon as the watch reports the last detachment, after one more LIST', async () => {
    const [first, second] = [volumeAttachment(), volumeAttachment({ name: 'csi-2', volumeName: 'pv-2' })];
    const ended = begin({ attachments: [first, second] });
    await settle();
    cluster.attachments.sync();
    await settle();
    for (const { name } of [first, second]) {
      cluster.attachments.remove(cluster.attachments.find(name)!);
      await settle();
    }
    await expect(ended).resolves.toEqual({ stayingCount: 0 });
    expect(Date.now()).toBe(START);
    expect(cluster.argsOf('readVolumeAttachments')).toHaveLength(2);
  });

  it('notices what is attached while it waits', async () => {
    const ended = begin({ attachments: [volumeAttachment()] });
    await settle();
    cluster.attachments.sync();
    const other = { uid: 'uid', resourceVersion: '1', name: 'csi-2', volumeName: 'pv-2' };
    cluster.attachments.change({ ...volumeAttachment(), ...other });
    cluster.attachments.remove(cluster.attachments.find('csi-1')!);
    await settle();
    expect(messages.at(-1)).toBe(
      'waiting for the detachment of volume pv-2 (CSI driver disk.csi, VolumeAttachment csi-2)',
    );
    cluster.attachments.remove(cluster.attachments.find('csi-2')!);
    await settle();
    await ended;
  });

  it('does not trust the watch alone: a LIST that shows an attachment prolongs the wait', async () => {
    const ended = begin({ attachments: [volumeAttachment()] });
    await settle();
    cluster.attachments.sync();
    const stored = cluster.attachments.find('csi-1')!;
    cluster.before('readVolumeAttachments', () => cluster.attachments.store(stored));
    cluster.attachments.remove(stored);
    await settle();
    cluster.attachments.drop('csi-1');
    await settle(30_000);
    await ended;
    expect(Date.now()).toBe(START + 30_000);
  });

  it('reads the pods again when one of them changes', async () => {
    const attachments = [volumeAttachment(), volumeAttachment({ name: 'csi-2', volumeName: 'pv-2' })];
    const ended = begin({ attachments, pods: [agent], claims });
    await settle();
    cluster.attachments.sync();
    cluster.pods.remove(cluster.pods.find('agent', 'default')!);
    await settle();
    expect(messages.at(-1)).toMatch(/pv-1 .*pv-2/);
    cluster.attachments.remove(cluster.attachments.find('csi-2')!);
    cluster.pods.change(agent);
    await settle();
    await expect(ended).resolves.toEqual({ stayingCount: 1 });
  });

  it('lists again every 30 s, in case the watch lost an event or fails; its failure is in the heartbeat', async () => {
    const ended = begin({ attachments: [volumeAttachment()] });
    await settle();
    cluster.attachments.trouble(new ClusterFailure('Forbidden', 'Could not watch.', 403));
    await settle(30_000);
    expect(messages.at(-1)).toMatch(/VolumeAttachment csi-1\)\. Could not watch\.$/);
    cluster.attachments.drop('csi-1');
    await settle(30_000);
    await ended;
    expect(cluster.argsOf('readVolumeAttachments')).toHaveLength(3);
  });

  it("at the deadline: the driver's message from the last read", async () => {
    const ended = begin({ attachments: [volumeAttachment()] });
    await settle(WAIT_MILLISECONDS - 1000);
    const failed = { isDetaching: true, detachError: 'disk is busy' };
    cluster.attachments.store({ ...cluster.attachments.find('csi-1')!, ...failed });
    await settle(1000);
    await expect(ended).rejects.toMatchObject({
      message: expect.stringContaining('its detachment was requested, message of the driver: "disk is busy"'),
    });
  });

  it('ends when it is cancelled', async () => {
    const ended = begin({ attachments: [volumeAttachment()] });
    await settle(1000);
    environment.cancel();
    await expect(ended).rejects.toBeInstanceOf(CancelledFailure);
    await jest.runOnlyPendingTimersAsync();
  });

  it('throws the failure of a read, for another attempt', async () => {
    const ended = begin({ attachments: [volumeAttachment()] });
    cluster.fail('readVolumeAttachments', new ClusterFailure('ServerError', 'no', 500));
    await expect(ended).rejects.toMatchObject({ reason: 'ServerError' });
  });
});

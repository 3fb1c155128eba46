import { describe, expect, it } from '@jest/globals';
import { proveHost } from '../../../src/activities/host/prove-host.ts';
import { awaitVolumesUnmounted } from '../../../src/activities/volumes/await-volumes-unmounted.ts';
import type { VolumeMount } from '../../../src/domain/host/facts.ts';
import type { PodFacts } from '../../../src/domain/cluster/facts.ts';
import { HostFailure } from '../../../src/ports/host-failure.ts';
import { activityDependencies } from '../../builders/activity-dependencies.ts';
import { decommissionRequest } from '../../builders/decommission-request.ts';
import { hostTarget, provenHostFacts } from '../../builders/host-target.ts';
import { barePod, owner, pod } from '../../builders/pod.ts';
import { activityEnvironment, runIn } from '../../builders/run-activity.ts';
import { taskContext } from '../../builders/task-context.ts';
import { countlessWorkload } from '../../builders/workload.ts';
import { FakeCluster } from '../../fakes/fake-cluster.ts';
import { FakeHosts } from '../../fakes/fake-hosts.ts';

const DEADLINE_AT = 1_000_000;
const STAYING = '11111111-1111-1111-1111-111111111111';
const GONE = '22222222-2222-2222-2222-222222222222';
const STATIC_UID = '33333333-3333-3333-3333-333333333333';

const agent = pod({ name: 'agent', uid: STAYING, controller: owner('apps/v1', 'DaemonSet', 'agent') });
const mirror = barePod({ mirror: true, annotations: { 'kubernetes.io/config.mirror': STATIC_UID } });
const leaving = pod({ name: 'late', uid: GONE });

const mountOf = (podUid: string): VolumeMount => ({
  path: `/var/lib/kubelet/pods/${podUid}/volumes/data`,
  device: '0:52',
  root: '/',
  podUid,
});
const globalMount: VolumeMount = {
  path: '/var/lib/kubelet/plugins/kubernetes.io/csi/disk.csi/0a1b/globalmount',
  device: '8:16',
  root: '/',
};

interface Look {
  readonly hosts: FakeHosts;
  readonly pods?: readonly PodFacts[];
  readonly now?: number;
  readonly onBeat?: (details: unknown) => void;
}

/** The wait of the step `detach`, and the final check before the point of no return. */
const ACTIVITIES = { awaitVolumesUnmounted, proveHost } as const;
type Name = keyof typeof ACTIVITIES;
type Activity = ReturnType<typeof awaitVolumesUnmounted>;

const run = async (
  name: Name,
  { hosts, pods = [agent], now = 0, onBeat = () => undefined }: Look,
): Promise<unknown> => {
  const environment = activityEnvironment();
  environment.on('heartbeat', onBeat);
  const cluster = new FakeCluster({ pods, workloads: [countlessWorkload('apps/v1', 'DaemonSet', 'agent')] });
  const dependencies = activityDependencies(cluster, { hosts, now: () => now });
  const activity: (...args: Parameters<Activity>) => Promise<unknown> = ACTIVITIES[name](dependencies);
  const input = { ...hostTarget(), deadlineAt: DEADLINE_AT };
  return await runIn(environment, activity, taskContext(), decommissionRequest(), input);
};

const toHosts = (...mounts: readonly VolumeMount[]): FakeHosts => {
  const hosts = new FakeHosts();
  hosts.facts = provenHostFacts({ volumeMounts: mounts });
  return hosts;
};

describe.each<[Name]>([['awaitVolumesUnmounted'], ['proveHost']])('%s', (name) => {
  it('waits until only volumes of pods that stay are mounted, and heartbeats the others', async () => {
    const hosts = toHosts(mountOf(GONE), mountOf(STAYING));
    const beats: unknown[] = [];
    const onBeat = (details: unknown): void => {
      beats.push(details);
      hosts.facts = provenHostFacts({ volumeMounts: [mountOf(STAYING)] });
    };
    await run(name, { hosts, onBeat });
    expect(beats).toEqual([{ message: `waiting for 1 mount on the host: ${mountOf(GONE).path}` }]);
    expect(hosts.connections).toHaveLength(1);
  });

  it.each<[string, VolumeMount, readonly PodFacts[]]>([
    ['a DaemonSet pod', mountOf(STAYING), [agent]],
    ['a static pod, which has another UID in the API', mountOf(STATIC_UID), [mirror]],
  ])('does not wait for a mount of %s', async (_name, mount, pods) => {
    await run(name, { hosts: toHosts(mount), pods, now: DEADLINE_AT });
  });

  it.each<[string, VolumeMount, readonly PodFacts[]]>([
    ['a pod that another client deleted', mountOf(GONE), [agent]],
    ['a DaemonSet pod that no longer exists', mountOf(STAYING), []],
    ['no pod, although the kubelet mounted it for pods', globalMount, [agent]],
  ])('fails at the deadline on a volume of %s, and names its mount', async (_name, mount, pods) => {
    await expect(run(name, { hosts: toHosts(mount), pods, now: DEADLINE_AT })).rejects.toMatchObject({
      type: 'DetachTimeout',
      retryable: false,
      message: expect.stringContaining(mount.path) as unknown,
    });
  });

  it('does not wait while there is a pod that appeared after the drain', async () => {
    await expect(run(name, { hosts: toHosts(mountOf(GONE)), pods: [agent, leaving] })).rejects.toMatchObject({
      type: 'NodeBoundPods',
      message: expect.stringContaining('after it was drained: default/late.') as unknown,
    });
  });

  it('rejects a host that is not proven, and reports one that is unreachable', async () => {
    const another = new FakeHosts();
    another.facts = provenHostFacts({ machineID: 'machine-2' });
    await expect(run(name, { hosts: another })).rejects.toMatchObject({ type: 'HostNotProven' });
    const away = new FakeHosts();
    away.failures.connect = new HostFailure('Unreachable', 'no response.');
    await expect(run(name, { hosts: away })).rejects.toMatchObject({ name: 'HostFailure', retryable: true });
  });
});

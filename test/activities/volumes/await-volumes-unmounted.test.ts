import { describe, expect, it } from '@jest/globals';
import { awaitVolumesUnmounted } from '../../../src/activities/volumes/await-volumes-unmounted.ts';
import type { HostMount } from '../../../src/domain/host/facts.ts';
import { HostFailure } from '../../../src/ports/host-failure.ts';
import { activityDependencies } from '../../builders/activity-dependencies.ts';
import { hostTarget, provenHostFacts } from '../../builders/host-target.ts';
import { activityEnvironment, runIn } from '../../builders/run-activity.ts';
import { taskContext } from '../../builders/task-context.ts';
import { FakeCluster } from '../../fakes/fake-cluster.ts';
import { FakeHosts } from '../../fakes/fake-hosts.ts';

const DEADLINE_AT = 1_000_000;

const mountOf = (podUid: string): HostMount => ({
  path: `/var/lib/kubelet/pods/${podUid}/volumes/data`,
  fileSystem: 'tmpfs',
  podUid,
});

interface Look {
  readonly hosts: FakeHosts;
  readonly now?: number;
  readonly onBeat?: (details: unknown) => void;
}

/** Waits for the mounts of pod `evicted`. */
const wait = ({ hosts, now = 0, onBeat = () => undefined }: Look): Promise<void> => {
  const environment = activityEnvironment();
  environment.on('heartbeat', onBeat);
  const activity = awaitVolumesUnmounted(activityDependencies(new FakeCluster(), { hosts, now: () => now }));
  const input = { ...hostTarget(), podUids: ['evicted'], deadlineAt: DEADLINE_AT };
  return runIn(environment, activity, taskContext(), input);
};

const toHosts = (...mounts: readonly HostMount[]): FakeHosts => {
  const hosts = new FakeHosts();
  hosts.facts = provenHostFacts({ mounts });
  return hosts;
};

describe('awaitVolumesUnmounted', () => {
  it('waits until no volume of an evicted pod is mounted, and heartbeats the pending mounts', async () => {
    const hosts = toHosts(mountOf('evicted'), mountOf('staying'));
    const beats: unknown[] = [];
    const onBeat = (details: unknown): void => {
      beats.push(details);
      hosts.facts = provenHostFacts({ mounts: [mountOf('staying')] });
    };
    await wait({ hosts, onBeat });
    expect(beats).toEqual([
      { message: 'waiting for 1 mount of evicted pods, first /var/lib/kubelet/pods/evicted/volumes/data' },
    ]);
  });

  it('does not wait for mounts of other pods or of no pod', async () => {
    const other: HostMount = { path: '/var/lib/kubelet/plugins/csi/mount', fileSystem: 'ext4' };
    await wait({ hosts: toHosts(mountOf('staying'), other), now: DEADLINE_AT });
  });

  it('fails at the deadline, and names the remaining mounts', async () => {
    await expect(wait({ hosts: toHosts(mountOf('evicted')), now: DEADLINE_AT })).rejects.toMatchObject({
      type: 'DetachTimeout',
      retryable: false,
      message: expect.stringContaining('/var/lib/kubelet/pods/evicted/volumes/data') as unknown,
    });
  });

  it('rejects a host that is not proven, and reports one that is unreachable', async () => {
    const another = new FakeHosts();
    another.facts = provenHostFacts({ machineID: 'machine-2' });
    await expect(wait({ hosts: another })).rejects.toMatchObject({ type: 'HostNotProven' });
    const away = new FakeHosts();
    away.failures.connect = new HostFailure('Unreachable', 'no response.');
    await expect(wait({ hosts: away })).rejects.toMatchObject({ name: 'HostFailure', retryable: true });
  });
});

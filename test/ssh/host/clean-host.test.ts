import { expect, it, jest } from '@jest/globals';
import { itInLongRun } from '../../long-run.ts';
import type { HostFacts } from '../../../src/domain/host/facts.ts';
import { judgeHostClean } from '../../../src/domain/host/clean.ts';
import { LIST_SHIMS, SHIM_PROGRAM, toBundle, toPod, toShim } from './planted-containers.ts';
import { forgetStage, runStage, toLines } from './run-stage.ts';
import { describeOnScratchHost, useScratchHost } from './scratch-host.ts';
import { CLUSTER, KUBELET_UNITS, plantWorker, toFile, toKubeconfig } from './worker-node.ts';

const UID = '6f1c2c1e-0000-4000-8000-000000000001';
const OTHER_UID = '7f1c2c1e-0000-4000-8000-000000000001';

jest.setTimeout(60_000);

describeOnScratchHost('cleanHost', () => {
  const host = useScratchHost(['crictl', 'ctr', 'docker'], plantWorker);
  const clean = async (): Promise<readonly string[]> => toLines(await runStage(host.connect(), 'cleanHost'));
  const again = async (): Promise<readonly string[]> => {
    await forgetStage(host, 'cleanHost');
    return await clean();
  };
  const readFacts = (): Promise<HostFacts> => host.connect().readFacts(KUBELET_UNITS);

  it('removes everything of the cluster, and has nothing to do the second time', async () => {
    await host.sh(
      [
        toPod('p1'),
        toPod('p2', 'NODE'),
        toFile('/root/.kube/config', toKubeconfig(CLUSTER, 'admin')),
        'mkdir -p /var/lib/kubelet/pods/p1/volumes/s /var/lib/kubelet/pods/p1/volumes/t',
        'mount -t tmpfs s /var/lib/kubelet/pods/p1/volumes/s; echo secret >/var/lib/kubelet/pods/p1/volumes/s/token',
      ].join('\n'),
    );
    await runStage(host.connect(), 'stopKubelet');
    const lines = await clean();
    expect(lines.filter((line) => line.startsWith('Failed'))).toEqual([]);
    expect(lines).toEqual(
      expect.arrayContaining([
        'Done containerd.service stopped',
        'Done containerd.service disabled',
        'Done mounts below /var/lib/kubelet',
        "Done kubelet's credentials",
        'Done kubeconfig /root/.kube/config',
        'Done files of this cluster in /etc/kubernetes',
        'Done contents of /var/lib/kubelet',
      ]),
    );
    expect(judgeHostClean(await readFacts(), { kubeletUnits: KUBELET_UNITS })).toMatchObject({ isClean: true });
    expect(await host.sh('find /etc/kubernetes /var/lib/kubelet')).toBe('/etc/kubernetes\n/var/lib/kubelet');
    const second = await again();
    expect(second.filter((line) => !line.startsWith('NothingToDo'))).toEqual([]);
  });

  itInLongRun('works without the stage before it and stops the kubelet first', async () => {
    const lines = await clean();
    expect(lines.slice(0, 3)).toEqual([
      'Done kubelet.service stopped',
      'Done kubelet.service disabled',
      'Done kubelet.service masked',
    ]);
    expect(judgeHostClean(await readFacts(), { kubeletUnits: KUBELET_UNITS })).toMatchObject({ isClean: true });
  });

  it('does nothing else while the kubelet is not off', async () => {
    await host.sh('rm /run/stub/units/kubelet.service');
    expect((await clean()).at(-1)).toBe(
      'Failed remaining steps: not tried: a running kubelet would recreate what they remove',
    );
    expect(await host.has('/etc/kubernetes/kubelet.conf')).toBe(true);
  });

  it("ends shims of this node's pods, with SIGKILL if needed, and processes in their cgroups, but neither itself nor other processes", async () => {
    await host.sh(
      [
        SHIM_PROGRAM,
        toBundle('/run/containerd', 'willing'),
        toBundle('/run/containerd', 'reluctant'),
        toFile('/run/containerd/io.containerd.runtime.v2.task/k8s.io/byhand/config.json', '{"annotations":{}}'),
        toShim('k8s.io', 'willing'),
        toShim('k8s.io', 'reluctant', { mode: 'stubborn' }),
        toShim('k8s.io', 'byhand'),
        toShim('default', 'other'),
        'setsid sleep 1000 </dev/null >/dev/null 2>&1 & pod=$!',
        'setsid sleep 1001 </dev/null >/dev/null 2>&1 & stranger=$!',
        `mkdir -p /sys/fs/cgroup/kubepods/pod${UID} /sys/fs/cgroup/kubepods/pod${OTHER_UID}`,
        `{ echo $pod; echo 0; echo 1; } >/sys/fs/cgroup/kubepods/pod${UID}/cgroup.procs`,
        `echo $stranger >/sys/fs/cgroup/kubepods/pod${OTHER_UID}/cgroup.procs`,
        'sleep 0.5',
      ].join('\n'),
    );
    expect(await host.sh(LIST_SHIMS)).toBe('byhand other reluctant willing ');
    const lines = await clean();
    expect(lines).toContain("Done shims of Kubernetes' containers");
    expect(lines).toContain("Done processes in pods' cgroups");
    expect(await host.sh(LIST_SHIMS)).toBe('byhand other ');
    expect(await host.sh('pgrep -x -a sleep | grep "sleep 100"')).toMatch(/^\d+ sleep 1001$/);
  });

  itInLongRun('works with the minimum of tools', async () => {
    await host.sh('rm /usr/local/bin/crictl /usr/local/bin/docker');
    await host.hide(
      'python3',
      'ip',
      'chattr',
      'lsattr',
      'timeout',
      'jq',
      'openssl',
      'pgrep',
      'pkill',
      'ps',
      'getent',
      'ss',
    );
    await host.sh('mkdir -p /var/lib/kubelet/pods/p/v; mount -t tmpfs s /var/lib/kubelet/pods/p/v');
    const lines = await clean();
    expect(lines).toContain('Done contents of /var/lib/kubelet');
    expect(lines.filter((line) => line.startsWith('Failed'))).toEqual([]);
    const judgement = judgeHostClean(await readFacts(), { kubeletUnits: KUBELET_UNITS });
    expect(judgement.items.filter(({ verdict }) => verdict !== 'ok')).toEqual([]);
  });
});

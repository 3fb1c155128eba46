import { describe, expect, it, jest } from '@jest/globals';
import type { HostFacts } from '../../../src/domain/host/facts.ts';
import { judgeHostClean } from '../../../src/domain/host/clean.ts';
import {
  CONTAINERD_SOCKET,
  K8S_NAME,
  LIST_SHIMS,
  SHIM_PROGRAM,
  toContainer,
  toDockerContainer,
  toPod,
  toShim,
} from './planted-containers.ts';
import { forgetStage, runStage, toLines } from './run-stage.ts';
import { describeOnScratchHost, useScratchHost } from './scratch-host.ts';
import { CLUSTER, KUBELET_UNITS, plantWorker, toFile, toKubeconfig, toUnit } from './worker-node.ts';

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
    await host.listen(CONTAINERD_SOCKET);
    await host.sh(
      [
        toUnit('containerd.service'),
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
        'Done contents of /var/lib/kubelet/pki',
        'Done kubeconfig /root/.kube/config',
        'Done contents of /etc/kubernetes',
        'Done contents of /var/lib/kubelet',
      ]),
    );
    expect(judgeHostClean(await readFacts(), { kubeletUnits: KUBELET_UNITS })).toMatchObject({ isClean: true });
    expect(await host.sh('find /etc/kubernetes /var/lib/kubelet')).toBe('/etc/kubernetes\n/var/lib/kubelet');
    const second = await again();
    expect(second.filter((line) => !line.startsWith('NothingToDo'))).toEqual([]);
  });

  it('works without the stage before it and stops the kubelet first', async () => {
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

  it("ends shims of Kubernetes' containers, with SIGKILL if needed, and processes in pods' cgroups, but neither itself nor other processes", async () => {
    await host.sh(
      [
        SHIM_PROGRAM,
        toFile('/run/containerd/io.containerd.runtime.v2.task/k8s.io/byhand/config.json', '{"annotations":{}}'),
        toShim('k8s.io', 'willing'),
        toShim('k8s.io', 'reluctant', 'stubborn'),
        toShim('k8s.io', 'byhand'),
        toShim('default', 'other'),
        'setsid sleep 1000 </dev/null >/dev/null 2>&1 & pod=$!',
        'setsid sleep 1001 </dev/null >/dev/null 2>&1 &',
        'mkdir -p /sys/fs/cgroup/kubepods/pod1 && { echo $pod; echo 0; echo 1; } >/sys/fs/cgroup/kubepods/pod1/cgroup.procs',
        'sleep 0.5',
      ].join('\n'),
    );
    expect(await host.sh(LIST_SHIMS)).toBe('byhand other reluctant willing ');
    const lines = await clean();
    expect(lines).toContain("Done shims of Kubernetes' containers");
    expect(lines).toContain("Done processes in pods' cgroups");
    expect(await host.sh(LIST_SHIMS)).toBe('byhand other ');
    expect(await host.sh('pgrep -x -a sleep | grep 100')).toMatch(/^\d+ sleep 1001$/);
  });

  describe('with containers that Kubernetes does not manage', () => {
    it('leaves docker, its socket and containerd running for a container of docker', async () => {
      await host.listen(CONTAINERD_SOCKET);
      await host.sh(
        [
          toUnit('docker.service'),
          toUnit('docker.socket'),
          toUnit('containerd.service'),
          toDockerContainer('x1', 'postgres'),
          toDockerContainer('w1', K8S_NAME),
          toFile('/var/lib/docker/volumes/data/file', 'precious'),
        ].join('\n'),
      );
      const state = await runStage(host.connect(), 'cleanHost');
      expect(state).toMatchObject({ kind: 'Ended', isOk: true });
      const kept =
        state.kind === 'Ended' ? state.items.filter(({ message }) => message.startsWith('left unchanged')) : [];
      expect(kept).toEqual([
        {
          name: 'docker.socket stopped',
          status: 'NothingToDo',
          message: 'left unchanged: in use by containers that Kubernetes does not manage (1)',
        },
        {
          name: 'docker.service stopped',
          status: 'NothingToDo',
          message: 'left unchanged: in use by containers that Kubernetes does not manage (1)',
        },
        {
          name: 'containerd.service stopped',
          status: 'NothingToDo',
          message: 'left unchanged: in use by docker, which is left running',
        },
      ]);
      expect(await host.sh('ls /run/stub/docker; cat /var/lib/docker/volumes/data/file')).toBe('x1\nprecious');
      expect(judgeHostClean(await readFacts(), { kubeletUnits: KUBELET_UNITS })).toMatchObject({ isClean: true });
    });

    it('leaves containerd, but not docker, running for a container of containerd', async () => {
      await host.listen(CONTAINERD_SOCKET);
      await host.sh(
        [
          toUnit('docker.service'),
          toUnit('docker.socket'),
          toUnit('containerd.service'),
          toContainer('default', 'mine', ''),
          toContainer('k8s.io', 'theirs', 'container'),
        ].join('\n'),
      );
      const lines = await clean();
      expect(lines).toEqual(
        expect.arrayContaining([
          'Done docker.socket stopped',
          'Done docker.service disabled',
          'NothingToDo containerd.service stopped',
        ]),
      );
      expect(await host.sh('cat /run/stub/units/containerd.service')).toBe('loaded active enabled');
      expect(await host.has('/run/stub/ctr/default/mine')).toBe(true);
    });

    it('leaves a runtime that does not report its containers, and fails', async () => {
      await host.sh(`${toUnit('docker.service')}\ntouch /run/stub/docker-is-dead`);
      expect((await clean()).filter((line) => line.startsWith('Failed'))).toEqual([
        "Failed Kubernetes' containers of docker: docker runs but does not respond",
        'Failed docker.service stopped: left unchanged: it does not report whether it has containers that Kubernetes does not manage',
      ]);
      expect(await host.sh('cat /run/stub/units/docker.service')).toBe('loaded active enabled');
    });
  });

  it('stops cri-dockerd and docker with their sockets, the sockets first', async () => {
    await host.sh(
      ['cri-docker.socket', 'cri-docker.service', 'docker.socket', 'docker.service']
        .map((unit) => toUnit(unit))
        .join('\n'),
    );
    await clean();
    const stops = (await host.calls('systemctl stop')).map((call) => call.split(' ').at(-1));
    expect(stops).toEqual([
      'kubelet.service',
      'cri-docker.socket',
      'cri-docker.service',
      'docker.socket',
      'docker.service',
    ]);
    expect(judgeHostClean(await readFacts(), { kubeletUnits: KUBELET_UNITS })).toMatchObject({ isClean: true });
  });

  it('masks only a runtime that another unit would start with the host', async () => {
    await host.listen(CONTAINERD_SOCKET);
    await host.sh(
      [
        toUnit('containerd.service'),
        toUnit('docker.service'),
        toUnit('image-preload.service'),
        toUnit('debug.service', 'loaded inactive disabled'),
        'mkdir -p /run/stub/required-by; echo image-preload.service >/run/stub/required-by/containerd.service; echo debug.service >/run/stub/required-by/docker.service',
      ].join('\n'),
    );
    const lines = await clean();
    expect(lines.filter((line) => line.includes('masked'))).toEqual([
      'Done kubelet.service masked',
      'Done containerd.service masked',
    ]);
  });

  it('works with the minimum of tools', async () => {
    await host.sh('rm /usr/local/bin/crictl /usr/local/bin/ctr /usr/local/bin/docker');
    await host.hide('python3', 'ip', 'chattr', 'lsattr', 'timeout', 'jq', 'openssl', 'pgrep', 'pkill', 'ps', 'getent');
    await host.sh('mkdir -p /var/lib/kubelet/pods/p/v; mount -t tmpfs s /var/lib/kubelet/pods/p/v');
    const lines = await clean();
    expect(lines).toContain('Done contents of /var/lib/kubelet');
    expect(lines.filter((line) => line.startsWith('Failed'))).toEqual([]);
    const judgement = judgeHostClean(await readFacts(), { kubeletUnits: KUBELET_UNITS });
    expect(judgement.items.filter(({ verdict }) => verdict !== 'ok')).toEqual([]);
  });
});

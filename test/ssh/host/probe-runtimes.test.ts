import { expect, it, jest } from '@jest/globals';
import type { HostFacts } from '../../../src/domain/host/facts.ts';
import { describeOnScratchHost, useScratchHost } from './scratch-host.ts';
import {
  CONTAINERD_SOCKET,
  CRI_RECORDS,
  K8S_NAME,
  SHIM_PROGRAM,
  toContainer,
  toDockerContainer,
  toPod,
  toShim,
} from './planted-containers.ts';
import { KUBELET_UNITS, toFile, toUnit } from './worker-node.ts';

jest.setTimeout(60_000);

describeOnScratchHost('the probe of runtimes', () => {
  const host = useScratchHost(['crictl', 'ctr', 'docker']);
  const read = (): Promise<HostFacts> => host.connect().readFacts(KUBELET_UNITS);

  it('finds none', async () => {
    expect(await read()).toMatchObject({ runtimes: [], sandboxCount: 0, containerCount: 0 });
  });

  it("counts pods by crictl, and what is not the CRI's by ctr", async () => {
    await host.listen(CONTAINERD_SOCKET);
    await host.sh(
      [
        toUnit('containerd.service'),
        toPod('p1', 'POD', ['a', 'b']),
        toPod('p2', 'NODE'),
        toContainer('k8s.io', 'aa', 'sandbox'),
        toContainer('k8s.io', 'bb', ''),
        toContainer('default', 'cc', ''),
        toContainer('moby', 'dd', ''),
      ].join('\n'),
    );
    expect(await read()).toMatchObject({
      runtimes: [{ kind: 'containerd', tool: 'crictl', answers: true, foreignContainerCount: 2 }],
      sandboxCount: 2,
      containerCount: 3,
    });
  });

  it('counts with only ctr', async () => {
    await host.listen(CONTAINERD_SOCKET);
    await host.sh(
      [
        'rm /usr/local/bin/crictl',
        toUnit('containerd.service'),
        toContainer('k8s.io', 'aa', 'sandbox'),
        toContainer('k8s.io', 'bb', 'container'),
        toContainer('k8s.io', 'cc', 'container'),
      ].join('\n'),
    );
    expect(await read()).toMatchObject({
      runtimes: [{ kind: 'containerd', tool: 'ctr', answers: true, foreignContainerCount: 0 }],
      sandboxCount: 1,
      containerCount: 2,
    });
  });

  it('detects a containerd that is embedded in its agent', async () => {
    await host.serve('/run/k3s/containerd/containerd.sock');
    expect((await read()).runtimes).toMatchObject([{ kind: 'containerd', answers: true, belongsToAgent: true }]);
  });

  it('returns no count when a running runtime does not respond', async () => {
    await host.listen(CONTAINERD_SOCKET);
    await host.sh(`${toUnit('containerd.service')}\ntouch /run/stub/cri-is-dead /run/stub/ctr-is-dead`);
    const facts = await read();
    expect(facts.runtimes).toEqual([
      { kind: 'containerd', tool: 'crictl', answers: false, foreignContainerCount: undefined },
    ]);
    expect(facts).toMatchObject({ sandboxCount: undefined, containerCount: undefined });
  });

  it('returns no tool when none is available', async () => {
    await host.listen(CONTAINERD_SOCKET);
    await host.sh(`${toUnit('containerd.service')}\nrm /usr/local/bin/crictl /usr/local/bin/ctr`);
    expect((await read()).runtimes).toEqual([{ kind: 'containerd', answers: false, foreignContainerCount: undefined }]);
  });

  it('counts the records of a stopped containerd', async () => {
    await host.sh(
      `${toUnit('containerd.service', 'loaded inactive disabled')}
      mkdir -p ${CRI_RECORDS}/sandboxes/aa ${CRI_RECORDS}/sandboxes/bb ${CRI_RECORDS}/containers/cc`,
    );
    expect(await read()).toMatchObject({ sandboxCount: 2, containerCount: 1 });
  });

  it("reads records in the folder of containerd's configuration", async () => {
    await host.sh(
      `${toUnit('containerd.service', 'loaded inactive disabled')}
      ${toFile('/etc/containerd/config.toml', 'version = 2\nroot = "/srv/containerd"\n')}
      mkdir -p /srv/containerd/io.containerd.grpc.v1.cri/sandboxes/aa`,
    );
    expect(await read()).toMatchObject({ sandboxCount: 1 });
  });

  it("distinguishes docker's containers of Kubernetes from others", async () => {
    await host.sh(
      [
        toUnit('docker.service'),
        toDockerContainer('a1', K8S_NAME.replace('_app_', '_POD_')),
        toDockerContainer('a2', K8S_NAME),
        toDockerContainer('a3', 'k8s_but_not_really'),
        toDockerContainer('a4', 'postgres'),
      ].join('\n'),
    );
    expect(await read()).toMatchObject({
      runtimes: [{ kind: 'docker', tool: 'docker', answers: true, foreignContainerCount: 2 }],
      sandboxCount: 1,
      containerCount: 1,
    });
  });

  it('never starts docker: a stopped one is read from its files', async () => {
    const record = (id: string, name: string): string =>
      toFile(
        `/var/lib/docker/containers/${id}/config.v2.json`,
        `{"ID":"${id}","Name":"/${name}","MountPoints":{"/x":{"Name":"v"}}}`,
      );
    await host.sh(
      [
        toUnit('docker.service', 'loaded inactive disabled'),
        toUnit('docker.socket'),
        record('a1', K8S_NAME),
        record('a2', 'postgres'),
      ].join('\n'),
    );
    expect(await read()).toMatchObject({
      runtimes: [{ kind: 'docker', tool: 'docker', answers: false, foreignContainerCount: 1 }],
      sandboxCount: 0,
      containerCount: 1,
    });
    expect(await host.calls('docker ')).toEqual([]);
  });

  it("finds the shims of Kubernetes' containers only", async () => {
    const bundle = (id: string, annotation: string): string =>
      toFile(
        `/run/containerd/io.containerd.runtime.v2.task/k8s.io/${id}/config.json`,
        `{"annotations":{${annotation}}}`,
      );
    await host.sh(
      [
        SHIM_PROGRAM,
        bundle('cri', '"io.kubernetes.cri.container-type":"sandbox"'),
        bundle('byhand', ''),
        toFile('/var/lib/docker/containers/d1/config.v2.json', `{"Name":"/${K8S_NAME}"}`),
        toFile('/var/lib/docker/containers/d2/config.v2.json', '{"Name":"/postgres"}'),
        toShim('k8s.io', 'cri'),
        toShim('k8s.io', 'gone'),
        toShim('k8s.io', 'byhand'),
        toShim('default', 'cri'),
        toShim('moby', 'd1'),
        toShim('moby', 'd2'),
        // Has a shim's name in its arguments, but is not a shim.
        `setsid bash -c 'exec bash /tmp/shim containerd-shim-runc-v2 -namespace k8s.io -id cri' </dev/null >/dev/null 2>&1 &`,
        // A cluster inside a container has its own PID namespace.
        `setsid unshare --pid --fork bash -c 'exec -a containerd-shim-runc-v2 bash /tmp/shim -namespace k8s.io -id nested' </dev/null >/dev/null 2>&1 &`,
        'sleep 0.5',
      ].join('\n'),
    );
    const { shimPids } = await read();
    const ids = await host.sh(shimPids.map((pid) => `tr '\\0' '\\n' </proc/${pid}/cmdline | sed -n 6p`).join('\n'));
    expect(ids.split('\n').sort()).toEqual(['cri', 'd1', 'gone']);
  });

  it("finds pods' cgroups with processes, only of this kubelet", async () => {
    await host.sh(`
      mkdir -p /sys/fs/cgroup/kubepods.slice/kubepods-burstable.slice/pod1 /sys/fs/cgroup/kubepods.slice/pod2 /sys/fs/cgroup/docker/x/kubepods/pod3
      echo 1234 >/sys/fs/cgroup/kubepods.slice/kubepods-burstable.slice/pod1/cgroup.procs
      : >/sys/fs/cgroup/kubepods.slice/pod2/cgroup.procs
      echo 1234 >/sys/fs/cgroup/docker/x/kubepods/pod3/cgroup.procs`);
    expect((await read()).busyPodCgroups).toEqual(['/kubepods.slice/kubepods-burstable.slice/pod1']);
    await host.sh(`
      rm -r /sys/fs/cgroup/kubepods.slice
      for controller in pids memory; do
        mkdir -p /sys/fs/cgroup/$controller/kubepods/pod1
        echo 1234 >/sys/fs/cgroup/$controller/kubepods/pod1/cgroup.procs
      done`);
    expect((await read()).busyPodCgroups).toEqual(['/kubepods/pod1']);
  });
});

import { describe, expect, it, jest } from '@jest/globals';
import { itInLongRun } from '../../long-run.ts';
import { CRI_RECORDS, K8S_NAME, K8S_POD_NAME, toContainer, toDockerContainer, toPod } from './planted-containers.ts';
import { CRI_DOCKERD_SOCKET, toContainerd, toDockerRuntime } from './planted-runtimes.ts';
import { forgetStage, runStage, toLines } from './run-stage.ts';
import { describeOnScratchHost, useScratchHost } from './scratch-host.ts';
import {
  CLUSTER,
  KUBEADM_FLAGS,
  KUBELET_UNITS,
  plantWorker,
  stageInput,
  toFile,
  toKubelet,
  toKubeletOn,
  toUnit,
} from './worker-node.ts';

const UID = '6f1c2c1e-0000-4000-8000-000000000001';
const USE_DOCKER = `${toDockerRuntime()}\n${toKubeletOn(CRI_DOCKERD_SOCKET)}`;
const FOLDER = '/var/lib/node-decommission/op-1';

jest.setTimeout(60_000);

describeOnScratchHost('stopKubelet', () => {
  const host = useScratchHost(['crictl', 'ctr', 'docker'], plantWorker);
  const stop = async (): Promise<readonly string[]> => toLines(await runStage(host.connect(), 'stopKubelet'));
  const again = async (): Promise<readonly string[]> => {
    await forgetStage(host, 'stopKubelet');
    return await stop();
  };

  it('stops, disables and masks the kubelet, and preserves its unit file', async () => {
    expect(await stop()).toEqual([
      'Done kubelet.service stopped',
      'Done kubelet.service disabled',
      'Done kubelet.service masked',
      'NothingToDo pod sandboxes of containerd',
    ]);
    expect(await host.sh('readlink /etc/systemd/system/kubelet.service')).toBe('/dev/null');
    expect(await host.sh(`cat ${FOLDER}/kubelet.service.kept`)).toContain('ExecStart=/usr/bin/kubelet');
    const facts = await host.connect().readFacts(KUBELET_UNITS);
    expect(facts.units[0]).toMatchObject({ loadState: 'masked', activeState: 'inactive', unitFileState: 'masked' });
  });

  itInLongRun('has nothing to do the second time', async () => {
    await stop();
    expect(await again()).toEqual([
      'NothingToDo kubelet.service stopped',
      'NothingToDo kubelet.service disabled',
      'NothingToDo kubelet.service masked',
      'NothingToDo pod sandboxes of containerd',
    ]);
  });

  itInLongRun('changes neither credentials nor mounts', async () => {
    await host.sh('mkdir -p /var/lib/kubelet/pods/p/v; mount -t tmpfs s /var/lib/kubelet/pods/p/v');
    await stop();
    expect(await host.has('/etc/kubernetes/kubelet.conf')).toBe(true);
    expect((await host.connect().readFacts(KUBELET_UNITS)).mounts).toHaveLength(1);
  });

  itInLongRun('saves the facts of the kubelet that are needed after its files are gone', async () => {
    await host.sh(`mkdir -p /srv/kubelet; ${toKubelet([...KUBEADM_FLAGS, '--root-dir=/srv/kubelet'])}`);
    await stop();
    expect(await host.sh(`grep ^KUBELET_ROOT ${FOLDER}/facts`)).toBe('KUBELET_ROOT\t/srv/kubelet');
    expect(await host.sh(`cat ${FOLDER}/servers`)).toBe(CLUSTER.server);
    expect(await host.sh(`cat ${FOLDER}/credentials`)).toContain('/var/lib/kubelet/pki/kubelet-client-2026-01-01.pem');
  });

  itInLongRun('fails, and leaves the pods alone, when the unit does not exist', async () => {
    await host.sh(`rm /run/stub/units/kubelet.service\n${toPod('p1')}`);
    expect(await stop()).toEqual([
      'Failed kubelet.service stopped: the unit does not exist: set kubeletUnits in the configuration to the unit that runs the kubelet',
      'Failed pod sandboxes: not tried: a running kubelet would recreate them',
    ]);
    expect(await host.sh('ls /run/stub/cri')).toBe('p1');
  });

  itInLongRun('fails when the kubelet does not stop', async () => {
    await host.sh('echo kubelet.service >/run/stub/stuck');
    expect((await stop())[0]).toMatch(/^Failed kubelet\.service stopped: it did not stop/);
  });

  itInLongRun('stops every unit of the configuration', async () => {
    await host.sh(toUnit('k3s-agent.service'));
    const input = stageInput({ kubeletUnits: ['kubelet.service', 'k3s-agent.service'] });
    expect(toLines(await runStage(host.connect(), 'stopKubelet', input))).toContain('Done k3s-agent.service masked');
  });

  describe('with containerd', () => {
    it('removes sandboxes with crictl, those on the host network last, and gives containers time to stop', async () => {
      await host.sh([toPod('agent', 'NODE'), toPod('web'), toPod('zoo', 'POD', ['c1', 'c2'])].join('\n'));
      expect(await stop()).toContain('Done pod sandboxes of containerd');
      const calls = await host.calls('crictl');
      expect(calls).toEqual(expect.arrayContaining(['crictl stop --timeout 10 zooc1 zooc2']));
      const removals = calls.filter((call) => call.startsWith('crictl rmp')).map((call) => call.split(' ').at(-1));
      expect(removals.at(-1)).toBe('agent');
      expect([...removals].sort()).toEqual(['agent', 'web', 'zoo']);
      expect(calls.filter((call) => call.startsWith('crictl stopp agent'))).toHaveLength(1);
      expect(await host.sh('ls /run/stub/cri')).toBe('');
    });

    itInLongRun('names the sandboxes that are not removed', async () => {
      await host.sh(`${toPod('p1')}\n${toPod('p2')}\necho p2 >/run/stub/cri-stuck\nrm /usr/local/bin/ctr`);
      expect((await stop())[0]).toBe('Failed pod sandboxes of containerd: not removed: p2');
    });

    it('uses ctr when crictl is missing, and removes the leftovers of these sandboxes only', async () => {
      const sandbox = 'a1'.repeat(32);
      const other = 'b2'.repeat(32);
      await host.sh(
        [
          'rm /usr/local/bin/crictl',
          toContainer('k8s.io', sandbox, 'sandbox', '{"namespaces": [{"path": "/var/run/netns/cni-1111"}]}'),
          toContainer('k8s.io', 'c3'.repeat(32), 'container', '{"namespaces": [{"path": "/proc/77/ns/net"}]}'),
          toContainer('k8s.io', other, ''),
          toContainer('default', 'mine', ''),
          'mkdir -p /run/netns; for name in cni-1111 cni-2222 mine; do touch /run/netns/$name; mount --bind /proc/self/ns/net /run/netns/$name; done',
          toFile('/var/lib/cni/networks/pods/10.88.1.2', `${sandbox}\r\neth0`),
          toFile('/var/lib/cni/networks/pods/10.88.1.3', `${other}\r\neth0`),
          toFile('/var/lib/cni/networks/pods/last_reserved_ip.0', '10.88.1.3'),
          toFile(`/var/lib/cni/results/pods-${sandbox}-eth0`, '{}'),
          toFile(`/var/lib/cni/results/pods-${other}-eth0`, '{}'),
          `mkdir -p ${CRI_RECORDS}/sandboxes/${sandbox} ${CRI_RECORDS}/sandboxes/${other} ${CRI_RECORDS}/containers/${'c3'.repeat(32)}`,
          `mkdir -p /run/containerd/io.containerd.grpc.v1.cri/sandboxes/${sandbox}/shm`,
          `mount -t tmpfs shm /run/containerd/io.containerd.grpc.v1.cri/sandboxes/${sandbox}/shm`,
        ].join('\n'),
      );
      expect(await stop()).toContain('Done pod sandboxes of containerd');
      expect(await host.sh('cd /run/stub/ctr && ls -d */*')).toBe(`default/mine\nk8s.io/${other}`);
      expect(await host.sh('ls /run/netns')).toBe('cni-2222\nmine');
      expect(await host.sh('cd /var/lib/cni && find . -type f | sort')).toBe(
        `./networks/pods/10.88.1.3\n./networks/pods/last_reserved_ip.0\n./results/pods-${other}-eth0`,
      );
      expect(await host.sh(`cd ${CRI_RECORDS} && ls -d */*`)).toBe(`sandboxes/${other}`);
      expect(await host.sh('ls /run/containerd/io.containerd.grpc.v1.cri/sandboxes')).toBe('');
      expect((await again()).slice(-1)).toEqual(['NothingToDo pod sandboxes of containerd']);
    });

    itInLongRun('uses ctr for sandboxes that crictl cannot remove', async () => {
      const id = 'ab'.repeat(32);
      await host.sh(`${toPod(id)}\n${toContainer('k8s.io', id, 'sandbox')}\necho ${id} >/run/stub/cri-stuck`);
      expect(await stop()).toContain('Done pod sandboxes of containerd');
    });

    itInLongRun('fails when it runs but does not respond', async () => {
      await host.sh(`${toPod('p1')}\ntouch /run/stub/cri-is-dead /run/stub/ctr-is-dead`);
      expect((await stop())[0]).toBe(
        'Failed pod sandboxes of containerd: it runs but responds to neither crictl nor ctr',
      );
    });

    itInLongRun('is started only when it is stopped and has records of sandboxes', async () => {
      await stop();
      await host.sh(`systemctl stop containerd.service\nmkdir -p ${CRI_RECORDS}/sandboxes/p1\n${toPod('p1')}`);
      expect(await again()).toContain('Done pod sandboxes of containerd');
      expect(await host.calls('systemctl start')).toHaveLength(1);
      await host.sh(`systemctl stop containerd.service\nrm -r ${CRI_RECORDS}`);
      await again();
      expect(await host.calls('systemctl start')).toHaveLength(1);
    });

    itInLongRun('on another socket is the only one that is asked', async () => {
      await host.sh(
        [
          toContainerd({ socket: '/srv/c.sock', root: '/srv/c', state: '/run/c', unit: 'second.service' }),
          toKubeletOn('/srv/c.sock'),
          'mkdir -p /run/stub/at/_srv_c.sock/cri/own/containers && echo POD >/run/stub/at/_srv_c.sock/cri/own/network',
          toPod('theirs'),
          ': >/run/stub/asked',
        ].join('\n'),
      );
      expect(await stop()).toContain('Done pod sandboxes of containerd');
      expect(await host.sh('ls /run/stub/cri /run/stub/at/_srv_c.sock/cri; sort -u /run/stub/asked')).toBe(
        '/run/stub/at/_srv_c.sock/cri:\n\n/run/stub/cri:\ntheirs\n/srv/c.sock',
      );
    });
  });

  it("removes only Kubernetes' containers of docker with their volumes, sandboxes after them", async () => {
    await host.sh(
      [
        USE_DOCKER,
        toDockerContainer('s1', K8S_POD_NAME, 'host'),
        toDockerContainer('s2', K8S_POD_NAME.replace('web-0', 'web-1')),
        toDockerContainer('w1', K8S_NAME),
        toDockerContainer('x1', 'postgres'),
        toDockerContainer('x2', 'k8s_tools'),
      ].join('\n'),
    );
    expect(await stop()).toContain("Done Kubernetes' containers of docker");
    expect(await host.sh('ls /run/stub/docker')).toBe('x1\nx2');
    expect((await host.calls('docker rm')).map((call) => call.split(' ').slice(2).join(' '))).toEqual([
      '-f -v w1',
      '-f -v s2',
      '-f -v s1',
    ]);
  });

  itInLongRun('does not start a stopped docker, and fails when it has records of pods', async () => {
    await host.sh(USE_DOCKER);
    await stop();
    await host.sh(
      `systemctl stop docker.service; systemctl stop cri-docker.service; : >/run/stub/calls
      ${toFile('/var/lib/docker/containers/w1/config.v2.json', `{"Name":"/${K8S_NAME}"}`)}`,
    );
    expect((await again())[0]).toMatch(
      /^Failed Kubernetes' containers of docker: docker is stopped and has records of some/,
    );
    expect(await host.calls('docker ps')).toEqual([]);
  });

  itInLongRun('changes nothing in a runtime that it does not know', async () => {
    await host.sh([toKubeletOn('/run/none.sock'), toPod('p1'), ': >/run/stub/calls'].join('\n'));
    expect((await stop())[0]).toBe(
      'Failed pod sandboxes: unknown: which container runtime the kubelet uses; remove them manually',
    );
    expect(await host.calls('crictl')).toEqual([]);
  });

  itInLongRun('records the pods before it removes them', async () => {
    await host.sh([toPod('p1', 'POD', ['c1']), `mkdir -p /var/lib/kubelet/pods/${UID}`].join('\n'));
    await stop();
    expect(await host.sh(`cat ${FOLDER}/container-ids ${FOLDER}/pod-uids`)).toBe(`p1\np1c1\n${UID}`);
    expect(await host.sh(`cat ${FOLDER}/facts`)).toContain('RUNTIME_UNIT\tcontainerd.service');
  });
});

import { describe, expect, it, jest } from '@jest/globals';
import type { HostFacts } from '../../../src/domain/host/facts.ts';
import { describeOnScratchHost, useScratchHost } from '../../ssh/host/scratch-host.ts';
import { CONTAINERD_SOCKET, K8S_NAME, SHIM_PROGRAM, toBundle, toShim } from '../../ssh/host/planted-containers.ts';
import { CRI_DOCKERD_SOCKET, toContainerd, toDockerRuntime } from '../../ssh/host/planted-runtimes.ts';
import { readProbeLines } from '../../ssh/host/probe-lines.ts';
import { KUBELET_UNITS, plantFiles, toFile, toKubeletOn } from '../../ssh/host/worker-node.ts';

const UID = '6f1c2c1e-0000-4000-8000-000000000001';

jest.setTimeout(60_000);

describeOnScratchHost("the probe of pods' processes", () => {
  const host = useScratchHost(['crictl', 'ctr', 'docker'], plantFiles);
  const read = (): Promise<HostFacts> => host.connect().readFacts(KUBELET_UNITS);
  const plant = (...commands: readonly string[]): Promise<string> =>
    host.sh([toContainerd(), toKubeletOn(CONTAINERD_SOCKET), ...commands].join('\n'));

  describe('finds the shims', () => {
    const listIds = async (): Promise<readonly string[]> => {
      const { shimPids } = await read();
      const ids = await host.sh(shimPids.map((pid) => `tr '\\0' '\\n' </proc/${pid}/cmdline | sed -n 6p`).join('\n'));
      return ids.split('\n').sort();
    };

    it("of this node's pods in containerd only", async () => {
      await plant(
        SHIM_PROGRAM,
        toBundle('/run/containerd', 'cri'),
        toFile('/run/containerd/io.containerd.runtime.v2.task/k8s.io/byhand/config.json', '{"annotations":{}}'),
        toBundle('/run/second', 'cri2'),
        toBundle('/run/second', 'cri3'),
        toShim('k8s.io', 'cri', { address: '/var/run/containerd/containerd.sock' }),
        toShim('k8s.io', 'gone'),
        toShim('k8s.io', 'byhand'),
        toShim('default', 'cri'),
        toShim('k8s.io', 'cri2', { address: '/run/second/c.sock', state: '/run/second' }),
        toShim('k8s.io', 'cri3', { state: '/run/second' }),
        // Has a shim's name in its arguments, but is not a shim.
        `setsid bash -c 'exec bash /tmp/shim containerd-shim-runc-v2 -namespace k8s.io -id cri' </dev/null >/dev/null 2>&1 &`,
        // A cluster inside a container has its own PID namespace.
        `setsid unshare --pid --fork bash -c 'exec -a containerd-shim-runc-v2 bash /tmp/shim -namespace k8s.io -id nested' </dev/null >/dev/null 2>&1 &`,
        'sleep 0.5',
      );
      expect(await listIds()).toEqual(['cri']);
      const lines = await readProbeLines(host, 'unseen');
      expect(lines.map((line) => line.split('\t')[1]?.replace(/\d+/, 'N')).sort()).toEqual([
        'shim N of container k8s.io/cri3',
        'shim N of container k8s.io/gone',
      ]);
    });

    it('of docker by the names of its containers', async () => {
      await host.sh(
        [
          toContainerd(),
          toDockerRuntime(),
          toKubeletOn(CRI_DOCKERD_SOCKET),
          SHIM_PROGRAM,
          toFile('/var/lib/docker/containers/d1/config.v2.json', `{"Name":"/${K8S_NAME}"}`),
          toFile('/var/lib/docker/containers/d2/config.v2.json', '{"Name":"/postgres"}'),
          toShim('moby', 'd1'),
          toShim('moby', 'd2'),
          toShim('k8s.io', 'd1'),
          'sleep 0.5',
        ].join('\n'),
      );
      expect(await listIds()).toEqual(['d1']);
    });
  });

  describe("finds pods' cgroups with processes", () => {
    const toGroup = (path: string): string =>
      `mkdir -p '/sys/fs/cgroup${path}' && echo 1234 >'/sys/fs/cgroup${path}/cgroup.procs'`;
    const HEX = UID.replaceAll('-', '_');
    const OTHER_HEX = HEX.replace('6f', '7f');

    const layouts: [name: string, flags: string[], groups: string[], own: string[]][] = [
      [
        'of cgroup v2 and systemd',
        [],
        [
          `/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod${HEX}.slice/cri-containerd-x.scope`,
          `/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod${OTHER_HEX}.slice/cri-containerd-y.scope`,
          `/docker/x/kubepods.slice/kubepods-pod${HEX}.slice`,
        ],
        [`/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod${HEX}.slice/cri-containerd-x.scope`],
      ],
      [
        'of cgroup v1 and cgroupfs',
        [],
        [
          `/pids/kubepods/besteffort/pod${UID}/x`,
          `/memory/kubepods/besteffort/pod${UID}/x`,
          `/memory/kubepods/pod${UID.replace('6f', '7f')}/y`,
        ],
        [`/kubepods/besteffort/pod${UID}/x`],
      ],
      [
        'below the cgroupRoot of the kubelet only',
        ['--cgroup-root=/node-1/a'],
        [
          `/node-1/a/kubepods/pod${UID}`,
          `/node_1.slice/node_1-a.slice/node_1-a-kubepods.slice/node_1-a-kubepods-pod${HEX}.slice`,
          `/kubepods/pod${UID}`,
        ],
        [
          `/node-1/a/kubepods/pod${UID}`,
          `/node_1.slice/node_1-a.slice/node_1-a-kubepods.slice/node_1-a-kubepods-pod${HEX}.slice`,
        ],
      ],
    ];
    it.each(layouts)('%s', async (_name, flags, groups, own) => {
      await host.sh(
        [
          toContainerd(),
          toKubeletOn(CONTAINERD_SOCKET, ...flags),
          `mkdir -p /var/lib/kubelet/pods/${UID}`,
          ...groups.map(toGroup),
        ].join('\n'),
      );
      expect((await read()).busyPodCgroups).toEqual(own);
    });

    it("by the UIDs of the runtime's sandboxes, too", async () => {
      await plant(toBundle('/run/containerd', 'x'), toGroup(`/kubepods/pod${UID}`));
      expect((await read()).busyPodCgroups).toEqual([`/kubepods/pod${UID}`]);
    });
  });
});

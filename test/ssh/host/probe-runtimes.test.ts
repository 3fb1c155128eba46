import { expect, it, jest } from '@jest/globals';
import type { HostFacts } from '../../../src/domain/host/facts.ts';
import { boundRows, itInLongRun } from '../../long-run.ts';
import { describeOnScratchHost, useScratchHost } from './scratch-host.ts';
import {
  CONTAINERD_SOCKET,
  CRI_RECORDS,
  K8S_NAME,
  SHIM_PROGRAM,
  toBundle,
  toContainer,
  toDockerContainer,
  toPod,
  toShim,
} from './planted-containers.ts';
import { CRI_DOCKERD_SOCKET, toContainerd, toDocker, toDockerRuntime } from './planted-runtimes.ts';
import { readProbeLines } from './probe-lines.ts';
import { KUBELET_UNITS, plantFiles, toFile, toKubeletOn, toUnit } from './worker-node.ts';

const UID = '6f1c2c1e-0000-4000-8000-000000000001';
const INSTALLED_DOCKER = `${toUnit('docker.service', 'loaded inactive disabled')}
  ${toUnit('docker.socket', 'loaded inactive disabled')}
  mkdir -p /run/stub/Wants /var/lib/docker/volumes /var/lib/docker/image/overlay2/imagedb && echo containerd.service >/run/stub/Wants/docker.service`;
const STOPPED = 'systemctl stop containerd.service';

jest.setTimeout(60_000);

describeOnScratchHost('the probe of runtimes', () => {
  const host = useScratchHost(['crictl', 'ctr', 'docker'], plantFiles);
  const read = (): Promise<HostFacts> => host.connect().readFacts(KUBELET_UNITS);
  const plant = (...commands: readonly string[]): Promise<string> =>
    host.sh([toContainerd(), toKubeletOn(CONTAINERD_SOCKET), ...commands].join('\n'));
  /** Facts of a finished stage, for a runtime that is stopped. */
  const keepFacts = (...more: readonly string[]): string =>
    [
      'systemctl stop kubelet.service',
      toFile('/var/lib/node-decommission/op-0/marker', 'operationId\top-0\n'),
      toFile(
        '/var/lib/node-decommission/op-0/facts',
        ['KUBELET_ROOT\t/var/lib/kubelet', ...more, 'RUNTIME_UNIT\tcontainerd.service', ''].join('\n'),
      ),
    ].join('\n');
  const CONTAINERD_FACTS = [
    'RUNTIME_KIND\tcontainerd',
    `RUNTIME_ENDPOINT\t${CONTAINERD_SOCKET}`,
    `RUNTIME_ADDRESS\t${CONTAINERD_SOCKET}`,
    'RUNTIME_ROOT\t/var/lib/containerd',
    'RUNTIME_STATE\t/run/containerd',
    'RUNTIME_NAMESPACE\tk8s.io',
  ];

  it('finds none', async () => {
    const facts = await read();
    expect(facts.runtime).toBeUndefined();
    expect(facts).toMatchObject({ sandboxCount: undefined, containerCount: undefined });
  });

  it("counts pods by crictl, and names by ctr what is not the CRI's", async () => {
    await plant(
      toPod('p1', 'POD', ['a', 'b']),
      toPod('p2', 'NODE'),
      toContainer('k8s.io', 'aa', 'sandbox'),
      toContainer('k8s.io', 'bb', ''),
      toContainer('default', 'cc', ''),
      toContainer('moby', 'dd', ''),
    );
    expect(await read()).toMatchObject({
      runtime: {
        kind: 'containerd',
        tool: 'crictl',
        answers: true,
        usedBy: [
          'namespace default (containers: 1)',
          'container k8s.io/bb, which Kubernetes does not manage',
          'namespace moby (containers: 1)',
        ],
      },
      sandboxCount: 2,
      containerCount: 3,
    });
  });

  itInLongRun('counts with only ctr', async () => {
    await plant(
      'rm /usr/local/bin/crictl',
      toContainer('k8s.io', 'aa', 'sandbox'),
      toContainer('k8s.io', 'bb', 'container'),
      toContainer('k8s.io', 'cc', 'container'),
    );
    expect(await read()).toMatchObject({
      runtime: { kind: 'containerd', tool: 'ctr', answers: true, usedBy: [] },
      sandboxCount: 1,
      containerCount: 2,
    });
  });

  const uses: [name: string, commands: string[], usedBy: string[]][] = [
    ['nothing', ['mkdir -p /run/stub/ctr/moby /run/stub/ctr/k8s.io && echo x >/run/stub/ctr/k8s.io/images'], []],
    ...['images', 'snapshots', 'content', 'leases'].map((kind): [string, string[], string[]] => [
      `${kind} of another namespace`,
      [`mkdir -p /run/stub/ctr/build && printf 'x\\ny\\n' >/run/stub/ctr/build/${kind}`],
      [`namespace build (${kind}: 2)`],
    ]),
    ...['Requires', 'Wants', 'BindsTo'].map((property): [string, string[], string[]] => [
      `a stopped docker that has it under ${property}`,
      [
        toDocker(),
        `systemctl stop docker.service; mkdir -p /run/stub/${property} && echo network.target containerd.service >/run/stub/${property}/docker.service`,
      ],
      ['docker.service, which needs it'],
    ]),
    ['a running docker with it as its default', [toDocker()], [expect.stringMatching(/^docker \(process \d+\)$/)]],
    ['a docker that is only installed', [INSTALLED_DOCKER], []],
    [
      'a docker that is disabled and has an image',
      [INSTALLED_DOCKER, 'mkdir -p /var/lib/docker/image/overlay2/imagedb/content/sha256/ab'],
      ['docker.service, which needs it'],
    ],
    ['a docker that is masked', [toDocker(), 'systemctl stop docker.service; systemctl mask docker.service'], []],
  ] as [string, string[], string[]][];
  it.each(boundRows(uses, 6))('finds what uses it: %s', async (_name, commands, usedBy) => {
    await plant(...commands);
    expect((await read()).runtime?.usedBy).toEqual(usedBy);
  });

  itInLongRun('returns no count when a running runtime does not respond', async () => {
    await plant('touch /run/stub/cri-is-dead /run/stub/ctr-is-dead');
    const facts = await read();
    expect(facts.runtime).toMatchObject({ kind: 'containerd', tool: 'crictl', answers: false, usedBy: undefined });
    expect(facts).toMatchObject({ sandboxCount: undefined, containerCount: undefined });
  });

  itInLongRun('returns no tool when none is available', async () => {
    await plant('rm /usr/local/bin/crictl /usr/local/bin/ctr');
    expect((await read()).runtime).not.toHaveProperty('tool');
  });

  it('counts the records of a stopped containerd', async () => {
    await plant(
      STOPPED,
      keepFacts(...CONTAINERD_FACTS),
      `mkdir -p ${CRI_RECORDS}/sandboxes/aa ${CRI_RECORDS}/sandboxes/bb ${CRI_RECORDS}/containers/cc`,
    );
    expect(await read()).toMatchObject({ sandboxCount: 2, containerCount: 1 });
  });

  itInLongRun('trusts a kubelet that runs more than the facts of an earlier operation', async () => {
    await plant(
      toFile('/var/lib/node-decommission/op-0/marker', 'operationId\top-0\n'),
      toFile(
        '/var/lib/node-decommission/op-0/facts',
        'KUBELET_ROOT\t/srv/kubelet\nRUNTIME_KIND\tcrio\nRUNTIME_ENDPOINT\t/run/crio/crio.sock\n',
      ),
    );
    expect((await read()).runtime).toMatchObject({ kind: 'containerd', endpoint: CONTAINERD_SOCKET });
  });

  it("distinguishes docker's containers of Kubernetes from others", async () => {
    await host.sh(
      [
        toDockerRuntime(),
        toKubeletOn(CRI_DOCKERD_SOCKET),
        toDockerContainer('a1', K8S_NAME.replace('_app_', '_POD_')),
        toDockerContainer('a2', K8S_NAME),
        toDockerContainer('a3', 'k8s_but_not_really'),
        toDockerContainer('a4', 'postgres'),
        `printf '%s\\n' data ${'ab'.repeat(32)} >/run/stub/docker-volumes; echo active >/run/stub/docker-swarm`,
      ].join('\n'),
    );
    expect(await read()).toMatchObject({
      runtime: {
        kind: 'docker',
        tool: 'docker',
        answers: true,
        usedBy: [
          'containers that Kubernetes does not manage (2)',
          'named volumes (1)',
          'a Swarm that it is a member of',
        ],
      },
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
        toDockerRuntime(),
        toKubeletOn(CRI_DOCKERD_SOCKET),
        'systemctl stop docker.service; systemctl stop cri-docker.service',
        keepFacts(
          'RUNTIME_KIND\tdocker',
          'RUNTIME_ENDPOINT\t/run/cri-dockerd.sock',
          'RUNTIME_ROOT\t/var/lib/docker',
          'DOCKER_SOCKET\t/run/docker.sock',
          'DOCKER_UNIT\tdocker.service',
        ),
        record('a1', K8S_NAME),
        record('a2', 'postgres'),
        'mkdir -p /var/lib/docker/volumes/data',
      ].join('\n'),
    );
    expect(await read()).toMatchObject({
      runtime: {
        kind: 'docker',
        tool: 'docker',
        answers: false,
        usedBy: ['containers that Kubernetes does not manage (1)', 'named volumes (1)'],
      },
      sandboxCount: 0,
      containerCount: 1,
    });
    expect(await host.calls('docker ')).toEqual([]);
  });

  it('lists what stays', async () => {
    await plant(
      SHIM_PROGRAM,
      toContainerd({ socket: '/run/second/c.sock', root: '/srv/second', state: '/run/second', unit: 'second.service' }),
      toBundle('/run/second', 'cri2'),
      toShim('k8s.io', 'cri2', { address: '/run/second/c.sock', state: '/run/second' }),
      toDocker(),
      `mkdir -p /sys/fs/cgroup/kubepods/pod${UID} /sys/fs/cgroup/docker/x/kubepods && echo 1 >/sys/fs/cgroup/kubepods/pod${UID}/cgroup.procs`,
      'sleep 0.5',
    );
    const lines = (await readProbeLines(host, 'stay'))
      .map((line) => line.replace(/\d+/g, 'N').split('\t').slice(1))
      .filter(([kind = '']) => ['unit', 'process', 'runtime', 'container'].includes(kind));
    expect(lines).toEqual([
      ['unit', 'containerd.service', 'in use by docker (process N)'],
      ['process', 'N', "shim of container kNs.io/criN of /run/second/c.sock, which is none of this node's pods"],
      ['process', expect.stringMatching(/^\/kubepods\/pod/), 'its pod is none of this node'],
      ['process', '/docker/x/kubepods', 'pods of another kubelet'],
      ['runtime', 'docker.service', 'dockerd, which the kubelet does not use'],
      ['runtime', 'second.service', 'containerd, which the kubelet does not use'],
    ]);
    expect(await host.sh('sort -u /run/stub/asked')).toBe(CONTAINERD_SOCKET);
  });
});

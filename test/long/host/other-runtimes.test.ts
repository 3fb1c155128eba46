import { describe, expect, it, jest } from '@jest/globals';
import { judgeHostClean } from '../../../src/domain/host/clean.ts';
import {
  CONTAINERD_SOCKET,
  K8S_NAME,
  LIST_SHIMS,
  SHIM_PROGRAM,
  toBundle,
  toContainer,
  toDockerContainer,
  toPod,
  toShim,
} from '../../ssh/host/planted-containers.ts';
import { CRI_DOCKERD_SOCKET, toContainerd, toDocker, toDockerRuntime } from '../../ssh/host/planted-runtimes.ts';
import { runStage, toLines } from '../../ssh/host/run-stage.ts';
import { describeOnScratchHost, useScratchHost } from '../../ssh/host/scratch-host.ts';
import { KUBELET_UNITS, plantWorker, stageInput, toKubeletOn, toUnit } from '../../ssh/host/worker-node.ts';

const SECOND = { socket: '/run/second/c.sock', root: '/srv/second', state: '/run/second', unit: 'second.service' };
/** The folder of the tools' stand-ins for that socket. */
const AT_SECOND = '/run/stub/at/_run_second_c.sock';

jest.setTimeout(60_000);

describeOnScratchHost('a runtime that the kubelet does not use', () => {
  const host = useScratchHost(['crictl', 'ctr', 'docker'], plantWorker);
  const clean = async (): Promise<readonly string[]> => {
    const lines = toLines(await runStage(host.connect(), 'stopKubelet'));
    return [...lines, ...toLines(await runStage(host.connect(), 'cleanHost'))];
  };
  const listNotOk = async (): Promise<readonly string[]> => {
    const { items } = judgeHostClean(await host.connect().readFacts(KUBELET_UNITS), { kubeletUnits: KUBELET_UNITS });
    return items.filter(({ verdict }) => verdict !== 'ok').map(({ name, verdict }) => `${name} ${verdict}`);
  };
  const listFailures = (lines: readonly string[]): readonly string[] =>
    lines.filter((line) => line.startsWith('Failed'));
  const readPids = (): Promise<string> =>
    host.sh(
      `cat /run/stub/pids/second.service; grep -a -l '^/usr/bin/containerd-shim.*${SECOND.socket}' /proc/[0-9]*/cmdline 2>/dev/null || true`,
    );

  it('is neither asked nor stopped, and its containers keep their processes', async () => {
    await host.sh(
      [
        toContainerd(SECOND),
        SHIM_PROGRAM,
        toBundle(SECOND.state, 'theirs'),
        toShim('k8s.io', 'theirs', SECOND_SHIM),
        // Of a container that nothing describes.
        toShim('k8s.io', 'bare', SECOND_SHIM),
        toShim('default', 'web', SECOND_SHIM),
        `mkdir -p ${AT_SECOND}/cri/theirs/containers ${AT_SECOND}/ctr/default && echo POD >${AT_SECOND}/cri/theirs/network`,
        toPod('own'),
        'sleep 0.5; : >/run/stub/asked',
      ].join('\n'),
    );
    const before = await readPids();
    expect(listFailures(await clean())).toEqual([]);
    expect(await readPids()).toBe(before);
    expect(await host.sh(`ls ${AT_SECOND}/cri /run/stub/cri; cat /run/stub/units/second.service`)).toBe(
      `${AT_SECOND}/cri:\ntheirs\n\n/run/stub/cri:\nloaded active enabled`,
    );
    expect(await host.sh('sort -u /run/stub/asked')).toBe(CONTAINERD_SOCKET);
    expect(await listNotOk()).toEqual([]);
  });

  it('does no harm when it does not respond', async () => {
    await host.sh(toContainerd(SECOND));
    await host.sh(`mkdir -p ${AT_SECOND} && chmod 000 ${AT_SECOND} && touch ${AT_SECOND}.dead`);
    expect(listFailures(await clean())).toEqual([]);
    expect(await listNotOk()).toEqual([]);
  });

  it.each(['image and a volume', 'stopped container'])('is docker with an %s and a cron job', async (content) => {
    await host.sh(
      [
        toDocker(),
        'mkdir -p /run/stub/Wants && echo containerd.service >/run/stub/Wants/docker.service',
        content === 'stopped container' ? toDockerContainer('x1', 'backup') : 'echo data >/run/stub/docker-volumes',
        toUnit('cri-docker.service', 'loaded inactive disabled'),
        ': >/run/stub/calls',
      ].join('\n'),
    );
    const lines = await clean();
    expect(listFailures(lines)).toEqual([]);
    expect(await host.calls('docker ')).toEqual([]);
    expect(
      (await host.calls('systemctl')).filter((call) => /docker/.test(call) && !/^systemctl show/.test(call)),
    ).toEqual([]);
    expect(await host.sh('cat /run/stub/units/docker.service /run/stub/units/docker.socket')).toBe(
      'loaded active enabled\nloaded active enabled',
    );
    // Docker runs its containers on this containerd.
    expect(await host.sh('cat /run/stub/units/containerd.service')).toBe('loaded active enabled');
    expect(lines).toContain('NothingToDo containerd.service stopped');
    expect(await listNotOk()).toEqual([]);
  });
});

const SECOND_SHIM = { address: SECOND.socket, state: SECOND.state };

describeOnScratchHost("the kubelet's runtime", () => {
  const host = useScratchHost(['crictl', 'ctr', 'docker'], plantWorker);
  const clean = async (): Promise<readonly string[]> => toLines(await runStage(host.connect(), 'cleanHost'));
  const listNotOk = async (): Promise<readonly string[]> => {
    const { items } = judgeHostClean(await host.connect().readFacts(KUBELET_UNITS), { kubeletUnits: KUBELET_UNITS });
    return items.filter(({ verdict }) => verdict !== 'ok').map(({ name, verdict }) => `${name} ${verdict}`);
  };
  const readUnit = (unit: string): Promise<string> => host.sh(`cat /run/stub/units/${unit}`);

  const users: [name: string, commands: string, reason: string][] = [
    [
      "another namespace's images",
      'mkdir -p /run/stub/ctr/ci && printf "a\\nb\\n" >/run/stub/ctr/ci/images',
      'namespace ci (images: 2)',
    ],
    [
      "a user's container in the kubelet's namespace",
      toContainer('k8s.io', 'mine', ''),
      'container k8s.io/mine, which Kubernetes does not manage',
    ],
    [
      "a user's container that is stopped",
      `${toContainer('default', 'mine', '')}; rm /run/stub/ctr/default/mine/running`,
      'namespace default (containers: 1)',
    ],
  ];
  it.each(users)('keeps running for %s', async (_name, commands, reason) => {
    await host.sh(`${commands}\n${toPod('own')}`);
    const state = await runStage(host.connect(), 'cleanHost');
    expect(state).toMatchObject({ kind: 'Ended', isOk: true });
    expect(state.kind === 'Ended' && state.items.find(({ name }) => name === 'containerd.service stopped')).toEqual({
      name: 'containerd.service stopped',
      status: 'NothingToDo',
      message: `left unchanged: in use by ${reason}`,
    });
    expect(await readUnit('containerd.service')).toBe('loaded active enabled');
    expect(await host.sh('ls /run/stub/cri')).toBe('');
    expect(await listNotOk()).toEqual([]);
  });

  it('keeps running while it is unknown what uses it, which is not judged as clean', async () => {
    await host.sh('rm /usr/local/bin/ctr');
    expect(await clean()).toContain('NothingToDo containerd.service stopped');
    expect(await readUnit('containerd.service')).toBe('loaded active enabled');
    expect(await listNotOk()).toEqual(['containerd.service unknown']);
  });

  it('is disabled by the next attempt when one ended after it was stopped', async () => {
    await clean();
    await host.sh(
      'echo "loaded inactive enabled" >/run/stub/units/containerd.service; rm /var/lib/node-decommission/op-1/cleanHost.result',
    );
    expect(await clean()).toContain('Done containerd.service disabled');
    expect(await listNotOk()).toEqual([]);
  });

  it('is masked only when another unit would start it with the host', async () => {
    await host.sh(
      `${toUnit('image-preload.service')}; mkdir -p /run/stub/required-by; echo image-preload.service >/run/stub/required-by/containerd.service`,
    );
    expect((await clean()).filter((line) => line.includes('masked'))).toEqual([
      'Done kubelet.service masked',
      'Done containerd.service masked',
    ]);
  });

  it('leaves a shim that nothing describes, and names it; one of a removed sandbox is ended', async () => {
    await host.sh(
      [SHIM_PROGRAM, toPod('own'), toShim('k8s.io', 'own'), toShim('k8s.io', 'gone'), 'sleep 0.5'].join('\n'),
    );
    const lines = await clean();
    expect(await host.sh(LIST_SHIMS)).toBe('gone ');
    expect(lines.filter((line) => /^NothingToDo shim \d+ of container k8s.io\/gone$/.test(line))).toHaveLength(1);
  });

  it('is left when another one listens on its socket than when preflight looked', async () => {
    const { layout } = await host.connect().readFacts(KUBELET_UNITS);
    await host.sh(
      ['systemctl stop containerd.service', toContainerd({ unit: 'second.service', flags: [] }), toPod('own')].join(
        '\n',
      ),
    );
    expect(toLines(await runStage(host.connect(), 'stopKubelet', stageInput({ layout })))[0]).toMatch(
      /^Failed pod sandboxes: another process listens on/,
    );
    expect(await host.sh('ls /run/stub/cri')).toBe('own');
  });

  it('is left when it is not on the list that preflight made', async () => {
    const { layout } = await host.connect().readFacts(KUBELET_UNITS);
    const touched = layout.preview.touched.filter(({ name }) => name === 'kubelet.service');
    const input = stageInput({ layout: { ...layout, preview: { touched, kept: [] } } });
    const lines = toLines(await runStage(host.connect(), 'cleanHost', input));
    expect(lines).toContainEqual(expect.stringMatching(/^Failed pod sandboxes: it is not on the list/));
    expect(lines).toContainEqual(expect.stringMatching(/^Failed containerd\.service stopped: it is not on the list/));
    expect(await readUnit('containerd.service')).toBe('loaded active enabled');
  });

  describe('that is docker', () => {
    const plant = (...commands: readonly string[]): Promise<string> =>
      host.sh(
        [toDockerRuntime(), toKubeletOn(CRI_DOCKERD_SOCKET), toDockerContainer('w1', K8S_NAME), ...commands].join('\n'),
      );

    it('is stopped with cri-dockerd, the sockets first; containerd stays', async () => {
      await plant();
      await clean();
      const stops = (await host.calls('systemctl stop')).map((call) => call.split(' ').at(-1));
      expect(stops).toEqual([
        'kubelet.service',
        'cri-docker.socket',
        'cri-docker.service',
        'docker.socket',
        'docker.service',
      ]);
      expect(await readUnit('containerd.service')).toBe('loaded active enabled');
      expect(await listNotOk()).toEqual([]);
    });

    const kept: [name: string, command: string, reason: string][] = [
      ['a stopped container', toDockerContainer('x1', 'postgres'), 'containers that Kubernetes does not manage (1)'],
      ['a named volume', 'echo data >/run/stub/docker-volumes', 'named volumes (1)'],
      ['a Swarm', 'echo active >/run/stub/docker-swarm', 'a Swarm that it is a member of'],
    ];
    it.each(kept)('keeps running for %s, without cri-dockerd', async (_name, command, reason) => {
      await plant(command);
      const state = await runStage(host.connect(), 'cleanHost');
      expect(state).toMatchObject({ kind: 'Ended', isOk: true });
      const items = state.kind === 'Ended' ? state.items : [];
      expect(
        items.filter(({ message }) => message === `left unchanged: in use by ${reason}`).map(({ name }) => name),
      ).toEqual(['docker.socket stopped', 'docker.service stopped']);
      expect(await readUnit('cri-docker.service')).toBe('loaded inactive disabled');
      expect(await host.has('/run/stub/docker/w1')).toBe(false);
      expect(await listNotOk()).toEqual([]);
    });

    it('keeps running, and fails, when it does not respond', async () => {
      await plant('touch /run/stub/docker-is-dead');
      expect((await clean()).filter((line) => line.startsWith('Failed'))).toEqual([
        "Failed Kubernetes' containers of docker: docker runs but does not respond",
      ]);
      expect(await readUnit('docker.service')).toBe('loaded active enabled');
      expect(await listNotOk()).toEqual([
        'docker.socket unknown',
        'docker.service unknown',
        'sandboxes unknown',
        'containers unknown',
      ]);
    });
  });
});

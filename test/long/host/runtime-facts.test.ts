import { describe, expect, it, jest } from '@jest/globals';
import { judgeHostReadiness } from '../../../src/domain/host/readiness.ts';
import {
  CRI_DOCKERD_SOCKET,
  toContainerd,
  toDocker,
  toDockerRuntime,
  toProcess,
} from '../../ssh/host/planted-runtimes.ts';
import { readProbeLines } from '../../ssh/host/probe-lines.ts';
import { describeOnScratchHost, useScratchHost } from '../../ssh/host/scratch-host.ts';
import {
  KUBEADM_FLAGS,
  KUBELET_UNITS,
  plantFiles,
  toFile,
  toKubelet,
  toKubeletOn,
} from '../../ssh/host/worker-node.ts';

const STOCK_SOCKET = '/run/containerd/containerd.sock';
const OTHER = { socket: '/run/second/c.sock', root: '/srv/second', state: '/run/second', unit: 'second.service' };
const FOLDERS = 'mkdir -p /srv/a /srv/b /srv/c /run/a /run/b /run/c';

jest.setTimeout(60_000);

describeOnScratchHost("the facts of the kubelet's runtime", () => {
  const host = useScratchHost(['crictl', 'ctr', 'docker'], plantFiles);
  const read = (...commands: readonly string[]): Promise<readonly string[]> =>
    host.sh(commands.join('\n')).then(() => readProbeLines(host, 'runtime', 'runtimeUnit', 'unknown'));
  const toLine = (root: string, state: string, socket = STOCK_SOCKET, owner = '-'): string =>
    ['runtime', 'containerd', 'crictl', '1', owner, socket, root, state, 'k8s.io'].join('\t');
  const start = (...flags: readonly string[]): string => toContainerd({ flags });

  const found: [name: string, commands: string[], line: string][] = [
    ['defaults', [start(), toKubeletOn(STOCK_SOCKET)], toLine('/var/lib/containerd', '/run/containerd')],
    [
      'an endpoint below /var/run',
      ['ln -s /run /var/run', start(), toKubeletOn('/var/run/containerd/containerd.sock')],
      toLine('/var/lib/containerd', '/run/containerd'),
    ],
    [
      'an endpoint that is a symbolic link',
      [toContainerd(OTHER), `ln -s ${OTHER.socket} /run/cri.sock`, toKubeletOn('/run/cri.sock')],
      toLine(OTHER.root, OTHER.state, OTHER.socket),
    ],
    [
      'the last value of a flag, before the configuration',
      [
        FOLDERS,
        toFile('/etc/containerd/config.toml', 'root = "/srv/c"\nstate = "/run/c"\n'),
        start('--root=/srv/b', '--root', '/srv/a', '--state=/run/a'),
        toKubeletOn(STOCK_SOCKET),
      ],
      toLine('/srv/a', '/run/a'),
    ],
    [
      'the configuration, not tables or comments in it',
      [
        FOLDERS,
        toFile(
          '/etc/containerd/config.toml',
          `version = 2\n# root = "/srv/c"\n  root = '/srv/a' # here\nstate="/run/a"\n[plugins.x]\nroot = "/srv/b"\nstate = "/run/b"\n`,
        ),
        start(),
        toKubeletOn(STOCK_SOCKET),
      ],
      toLine('/srv/a', '/run/a'),
    ],
    [
      'files that the configuration imports, which win',
      [
        FOLDERS,
        toFile('/opt/c/main.toml', 'imports = [\n  "conf.d/*.toml", # more\n]\nroot = "/srv/a"\nstate = "/run/a"\n'),
        toFile('/opt/c/conf.d/10.toml', 'imports = ["/opt/c/deep.toml"]\nroot = "/srv/b"\n'),
        toFile('/opt/c/deep.toml', 'state = "/run/c"\n'),
        start('--config', '/opt/c/main.toml'),
        toKubeletOn(STOCK_SOCKET),
      ],
      toLine('/srv/b', '/run/c'),
    ],
    [
      'what the running containerd reports, before its configuration',
      [
        FOLDERS,
        start(),
        toKubeletOn(STOCK_SOCKET),
        toFile(
          '/run/stub/cri-info',
          '{"config": {"containerdRootDir": "/srv/a",\n  "stateDir": "/run/a/io.containerd.grpc.v1.cri"}}\n',
        ),
      ],
      toLine('/srv/a', '/run/a'),
    ],
    [
      "the kubelet's containerd beside the stock one",
      [toContainerd(), toContainerd(OTHER), toKubeletOn(OTHER.socket)],
      toLine(OTHER.root, OTHER.state, OTHER.socket),
    ],
    [
      'the tools beside the program',
      [
        'mkdir -p /opt/kubernetes/bin && mv /usr/local/bin/crictl /usr/local/bin/ctr /opt/kubernetes/bin',
        toContainerd({ program: '/opt/kubernetes/bin/containerd' }),
        toKubeletOn(STOCK_SOCKET),
      ],
      toLine('/var/lib/containerd', '/run/containerd'),
    ],
  ];
  it.each(found)('are found: %s', async (_name, commands, line) => {
    const lines = await read(...commands);
    expect(lines.filter((one) => one.startsWith('runtime\t') || one.startsWith('unknown\t'))).toEqual([line]);
  });

  it('include the docker behind cri-dockerd, with the sockets that start both', async () => {
    expect(await read(toContainerd(), toDockerRuntime(), toKubeletOn(CRI_DOCKERD_SOCKET))).toEqual([
      'runtime\tdocker\tdocker\t1\t-\t/run/cri-dockerd.sock\t/var/lib/docker\t/run/docker\tmoby',
      'runtimeUnit\tcri-docker.socket\town',
      'runtimeUnit\tcri-docker.service\town',
      'runtimeUnit\tdocker.socket\tshared',
      'runtimeUnit\tdocker.service\tshared',
    ]);
  });

  it("include CRI-O's storage", async () => {
    const lines = await read(
      FOLDERS,
      toFile('/etc/containers/storage.conf', '[storage]\ngraphroot = "/srv/a"\nrunroot = "/run/a"\n'),
      toFile('/etc/crio/crio.conf.d/10.conf', '[crio]\nroot = "/srv/b"\n'),
      toProcess('/usr/bin/crio', { sockets: ['/run/crio/crio.sock'], unit: 'crio.service' }),
      toKubeletOn('/run/crio/crio.sock'),
    );
    expect(lines[0]).toBe('runtime\tcrio\tcrictl\t1\t-\t/run/crio/crio.sock\t/srv/b\t/run/a\t');
  });

  const unknown: [name: string, commands: string[], what: RegExp][] = [
    [
      'the endpoint',
      [toContainerd(), toKubelet([...KUBEADM_FLAGS, '--container-runtime-endpoint=tcp://10.0.0.1:1'])],
      /^which container runtime the kubelet uses: its endpoint is not a socket/,
    ],
    ['who listens', [`mkdir -p /run/containerd`, toKubeletOn(STOCK_SOCKET)], /^which process listens on/],
    [
      'the program',
      [toProcess('/usr/bin/frakti', { sockets: ['/run/f.sock'], unit: 'frakti.service' }), toKubeletOn('/run/f.sock')],
      /^which container runtime the kubelet uses: the program frakti/,
    ],
    [
      'the unit',
      [
        'mkdir -p /var/lib/containerd',
        toProcess('/usr/bin/containerd', {
          sockets: [STOCK_SOCKET],
          cgroup: '/user.slice/user-0.slice/session-3.scope',
        }),
        toKubeletOn(STOCK_SOCKET),
      ],
      /^which unit runs the container runtime/,
    ],
    [
      "the unit, which is a user's manager",
      [
        'mkdir -p /var/lib/containerd',
        toProcess('/usr/bin/containerd', {
          sockets: [STOCK_SOCKET],
          cgroup: '/user.slice/user-1000.slice/user@1000.service/app.slice/containerd.service',
        }),
        toKubeletOn(STOCK_SOCKET),
      ],
      /^which unit runs the container runtime/,
    ],
    [
      'the folders, because the configuration is gone',
      [start('--config=/opt/gone.toml'), toKubeletOn(STOCK_SOCKET)],
      /^which folders containerd uses \(root: unknown, state: unknown\)/,
    ],
    [
      'a folder that does not exist',
      [toContainerd({ flags: ['--root=/srv/none'] }), toKubeletOn(STOCK_SOCKET)],
      /^which folders containerd uses \(root: unknown, state: \/run\/containerd\)/,
    ],
    [
      'what else uses it, without ctr',
      ['rm /usr/local/bin/ctr', start(), toKubeletOn(STOCK_SOCKET)],
      /^what else uses containerd.service: it has no ctr/,
    ],
  ];
  it.each(unknown)('are reported as unknown, with a command: %s', async (_name, commands, what) => {
    const lines = (await read(...commands)).filter((line) => line.startsWith('unknown\t'));
    expect(lines).toHaveLength(1);
    const [, text = '', command = ''] = lines[0]?.split('\t') ?? [];
    expect(text).toMatch(what);
    expect(command).not.toBe('');
  });

  describe('of an agent that brings its own containerd', () => {
    const agent = (socket: string): readonly string[] => [
      'mkdir -p /var/lib/agent /run/agent',
      toProcess('/var/lib/agent/bin/containerd', {
        arguments: ['--root=/var/lib/agent', '--state=/run/agent', `--address=${socket}`],
        sockets: [socket],
        cgroup: '/system.slice/kubelet.service/containerd',
      }),
      toKubeletOn(socket),
    ];
    const judge = async (): Promise<string> => {
      const facts = await host.connect().readFacts(KUBELET_UNITS);
      return judgeHostReadiness(facts, KUBELET_UNITS).join(' ');
    };

    it.each(['/run/k3s/containerd/containerd.sock', '/run/k0s/containerd.sock', '/srv/any.sock'])(
      'refuse the host: %s',
      async (socket) => {
        await host.sh(agent(socket).join('\n'));
        expect(await judge()).toContain('is part of its Kubernetes agent');
      },
    );

    it('refuse the host with a docker beside it', async () => {
      await host.sh([...agent('/run/k0s/containerd.sock'), toContainerd(), toDocker()].join('\n'));
      expect(await judge()).toContain('is part of its Kubernetes agent');
    });
  });
});

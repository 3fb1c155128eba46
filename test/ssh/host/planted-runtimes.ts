/** Commands that start stand-ins for container runtimes: processes with the arguments, sockets and units of the real ones. */

export interface PlantedProcess {
  /** Arguments after the program. */
  readonly arguments?: readonly string[];
  /** Paths of sockets on which it listens. */
  readonly sockets?: readonly string[];
  /** Its control group, below systemd's. */
  readonly cgroup?: string;
  /** It is the main process of this unit, and in its control group unless another is given. */
  readonly unit?: string;
  readonly directory?: string;
}

const PERL = `my @sockets = map { unlink $_; IO::Socket::UNIX->new(Local => $_, Listen => 9) or die $_ } split /,/, $ENV{SOCKETS} // q(); sleep 900`;
const toActiveUnit = (name: string): string =>
  `mkdir -p /run/stub/units && echo 'loaded active enabled' >/run/stub/units/${name}`;
const quote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/** Starts a process of the host and waits until it listens; `$!` is its PID afterwards. */
export const toProcess = (
  program: string,
  { arguments: args = [], sockets = [], cgroup, unit, directory }: PlantedProcess = {},
): string => {
  const group = cgroup ?? (unit === undefined ? undefined : `/system.slice/${unit}`);
  return [
    ...sockets.map((socket) => `mkdir -p ${quote(socket.slice(0, socket.lastIndexOf('/')))}`),
    `(cd ${quote(directory ?? '/')}; SOCKETS=${quote(sockets.join(','))} exec setsid perl -e 'exec { "/usr/bin/perl" } @ARGV' -- ` +
      `${[program, '-MIO::Socket::UNIX', '-e', PERL, '--', ...args].map(quote).join(' ')}) </dev/null >/dev/null 2>&1 &`,
    'planted=$!',
    ...sockets.map(
      (socket) =>
        `for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do if grep -q ' ${socket}$' /proc/net/unix; then break; fi; sleep 0.05; done`,
    ),
    `for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do if grep -q -a ^${quote(program)} /proc/$planted/cmdline; then break; fi; sleep 0.05; done`,
    ...(group === undefined
      ? []
      : [
          `mkdir -p /run/stub/cgroups && echo '0::${group}' >/run/stub/cgroups/$planted && mount --bind /run/stub/cgroups/$planted /proc/$planted/cgroup`,
        ]),
    ...(unit === undefined
      ? []
      : [
          toActiveUnit(unit),
          `mkdir -p /run/stub/pids /sys/fs/cgroup/system.slice/${unit}
      echo $planted >/run/stub/pids/${unit}; echo $planted >/sys/fs/cgroup/system.slice/${unit}/cgroup.procs`,
        ]),
  ].join('\n');
};

interface PlantedContainerd {
  readonly unit?: string;
  readonly socket?: string;
  readonly root?: string;
  readonly state?: string;
  readonly program?: string;
  readonly flags?: readonly string[];
}

/** A containerd with its folders; folders other than the stock ones are named by its flags. */
export const toContainerd = ({
  unit = 'containerd.service',
  socket = '/run/containerd/containerd.sock',
  root = '/var/lib/containerd',
  state = '/run/containerd',
  program = '/usr/bin/containerd',
  flags,
}: PlantedContainerd = {}): string => {
  const isStock = root === '/var/lib/containerd' && state === '/run/containerd';
  const named = flags ?? (isStock ? [] : ['--root', root, `--state=${state}`, '--address', socket]);
  return [
    `mkdir -p '${root}' '${state}'`,
    toProcess(program, { arguments: named, sockets: [socket], unit }),
    `printf '%s' ${quote(toProcess(program, { arguments: named, sockets: [socket], unit }))} >/run/stub/restart && mkdir -p /run/stub/start && mv /run/stub/restart /run/stub/start/${unit}`,
  ].join('\n');
};

export const CRI_DOCKERD_SOCKET = '/run/cri-dockerd.sock';

/** A docker, with its socket unit; the kubelet uses it only through `toCriDockerd`. */
export const toDocker = (): string =>
  [
    'mkdir -p /var/lib/docker /run/docker /run/stub/TriggeredBy',
    toProcess('/usr/bin/dockerd', {
      arguments: ['-H', 'fd://'],
      sockets: ['/run/docker.sock'],
      unit: 'docker.service',
    }),
    toActiveUnit('docker.socket'),
    'echo docker.socket >/run/stub/TriggeredBy/docker.service',
  ].join('\n');

/** A docker with cri-dockerd. */
export const toDockerRuntime = (): string =>
  [
    toDocker(),
    toProcess('/usr/bin/cri-dockerd', {
      arguments: ['--container-runtime-endpoint', 'fd://'],
      sockets: [CRI_DOCKERD_SOCKET],
      unit: 'cri-docker.service',
    }),
    toActiveUnit('cri-docker.socket'),
    'echo cri-docker.socket >/run/stub/TriggeredBy/cri-docker.service',
  ].join('\n');

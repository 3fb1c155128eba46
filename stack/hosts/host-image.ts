import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  cpSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';

import { buildOnce } from '../programs/build-once.ts';
import { readCacheDirectory } from '../../src/config/cache-directory.ts';
import { isErrorWithCode } from '../processes/process-group.ts';
import type { ProgramPaths } from '../programs/programs.ts';
import { runSuccessfully } from '../processes/run-command.ts';
import { printProgress } from '../processes/report-progress.ts';
import { CONTAINER_IMAGES, writeContainerImages } from './container-images.ts';
import { toToolEnvironment } from './host-tools.ts';

const FILES_DIRECTORY = join(import.meta.dirname, 'image/files');
const FINISH_SCRIPT = join(import.meta.dirname, 'image/finish-base.sh');

const SUITE = 'bookworm';
const DEBIAN_PACKAGES = [
  ['systemd', 'systemd-sysv', 'dbus', 'libpam-systemd', 'openssh-server', 'sudo', 'procps', 'iproute2', 'iptables'],
  ['containerd', 'runc', 'containernetworking-plugins', 'docker.io', 'ca-certificates', 'busybox-static'],
].flat();

/** Programs of the stack and their paths on a host. */
const PROGRAM_PLACES = {
  kubelet: 'usr/bin/kubelet',
  kubeadm: 'usr/bin/kubeadm',
  crictl: 'usr/local/bin/crictl',
} as const;

/** Units in `image/files` that start at boot, and the target of each. The kubelet's unit has the path of its Debian package. */
const ENABLED_UNITS = {
  '/etc/systemd/system/container-as-machine.service': 'sysinit.target',
  '/etc/systemd/system/containerd-images.service': 'multi-user.target',
  '/lib/systemd/system/kubelet.service': 'multi-user.target',
} as const;

/** Read-only trees that all hosts share; each host has its own layer above them. */
export interface HostImage {
  /** Uppermost first, as overlayfs requires. */
  readonly lowerDirectories: readonly string[];
}

/**
 * Builds the parts of the hosts' image that are not cached: a Debian with systemd, sshd, containerd, runc, CNI plugins, docker and sudo,
 * built by debootstrap (a minute), and above it kubelet, kubeadm, crictl, container images and a node's configuration as kubeadm leaves it
 * (a second; rebuilt when those change). Requires root and the tools of `ensureHostTools`.
 * @throws Error with the end of the failed program's output.
 */
export const ensureHostImage = async (
  programs: ProgramPaths,
  onProgress: (line: string) => void = () => undefined,
): Promise<HostImage> => {
  const directory = join(readCacheDirectory(), 'host-image');
  mkdirSync(directory, { recursive: true });
  const onWait = (holderPid: number): void => {
    onProgress(`waiting for process ${holderPid}, which is building the image of the real nodes`);
  };

  const baseHash = hash([SUITE, process.arch, DEBIAN_PACKAGES, readFileSync(FINISH_SCRIPT, 'utf8')]);
  const base = join(directory, `debian-${baseHash}`);
  await buildOnce(base, onWait, (unfinished) =>
    printProgress('building the Debian image of the real nodes', 'built the Debian image', onProgress, () =>
      buildBase(unfinished),
    ),
  );

  // The programs' paths hold the hash of their group.
  const ownHash = hash([baseHash, pickPrograms(programs), CONTAINER_IMAGES, ENABLED_UNITS, listFiles(FILES_DIRECTORY)]);
  const own = join(directory, `node-${ownHash}`);
  await buildOnce(own, onWait, (unfinished) => buildOwn(unfinished, base, programs));
  return { lowerDirectories: [own, base] };
};

/** In separate namespaces, so that a killed run leaves no mounts and no processes. */
const buildBase = async (directory: string): Promise<void> => {
  const isolated = [
    '--pdeathsig',
    'KILL',
    '--',
    'unshare',
    '--mount',
    '--pid',
    '--fork',
    '--kill-child',
    '--mount-proc',
  ];
  const build = ['debootstrap', '--variant=minbase', `--include=${DEBIAN_PACKAGES.join(',')}`, SUITE, directory];
  const options = { environment: { ...toToolEnvironment(), LC_ALL: 'C' } };
  await runSuccessfully('setpriv', [...isolated, '--', ...build], options);
  const script = readFileSync(FINISH_SCRIPT, 'utf8');
  await runSuccessfully('setpriv', [...isolated, '--', 'chroot', directory, 'sh'], { ...options, input: script });
};

const buildOwn = async (directory: string, base: string, programs: ProgramPaths): Promise<void> => {
  cpSync(FILES_DIRECTORY, directory, { recursive: true });
  normalizeModes(directory);
  for (const [program, path] of Object.entries(pickPrograms(programs))) {
    const place = join(directory, PROGRAM_PLACES[program as keyof typeof PROGRAM_PLACES]);
    mkdirSync(dirname(place), { recursive: true });
    linkOrCopy(path, place);
  }
  for (const [unit, target] of Object.entries(ENABLED_UNITS)) {
    const wants = join(directory, 'etc/systemd/system', `${target}.wants`);
    mkdirSync(wants, { recursive: true });
    symlinkSync(unit, join(wants, basename(unit)));
  }
  for (const folder of [
    'opt/cni',
    'etc/cni/net.d',
    'etc/kubernetes/pki',
    'etc/kubernetes/manifests',
    'var/lib/kubelet/pki',
  ])
    mkdirSync(join(directory, folder), { recursive: true });
  symlinkSync('/usr/lib/cni', join(directory, 'opt/cni/bin'));
  await writeContainerImages(join(directory, 'opt/images'), join(base, 'usr/bin/busybox'));
};

/** Makes modes independent of the umask with which the repository was cloned. */
const normalizeModes = (directory: string): void => {
  chmodSync(directory, 0o755);
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) normalizeModes(path);
    else chmodSync(path, (statSync(path).mode & 0o100) === 0 ? 0o644 : 0o755);
  }
};

/** A hard link is safe: overlayfs copies a file before it is written to, so the cached programs do not change. */
const linkOrCopy = (source: string, target: string): void => {
  try {
    linkSync(source, target);
  } catch (error) {
    if (!isErrorWithCode(error, 'EXDEV')) throw error;
    copyFileSync(source, target);
  }
};

const pickPrograms = (programs: ProgramPaths): Record<keyof typeof PROGRAM_PLACES, string> => ({
  kubelet: programs.kubelet,
  kubeadm: programs.kubeadm,
  crictl: programs.crictl,
});

/** Path, content and executable bit of each file. */
const listFiles = (directory: string): unknown[] =>
  readdirSync(directory, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map((path) => [path.slice(directory.length), readFileSync(path, 'utf8'), statSync(path).mode & 0o100]);

const hash = (facts: unknown): string => createHash('sha256').update(JSON.stringify(facts)).digest('hex').slice(0, 12);

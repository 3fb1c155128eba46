import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { installMissingPackages } from '../programs/install-packages.ts';
import { runCommand } from '../processes/run-command.ts';

/** Which of Debian's packages each program comes from that real nodes need. */
const PROGRAMS: Readonly<Record<string, string>> = {
  'systemd-nspawn': 'systemd-container',
  debootstrap: 'debootstrap',
  ip: 'iproute2',
  nsenter: 'util-linux',
  setpriv: 'util-linux',
  unshare: 'util-linux',
  mount: 'mount',
  ssh: 'openssh-client',
  'ssh-keygen': 'openssh-client',
  tar: 'tar',
};

/** Without it debootstrap would take packages unchecked. */
const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';

const ADMINISTRATOR_FOLDERS = ['/usr/local/sbin', '/usr/sbin', '/sbin'];

/** The environment of the programs that make and enter hosts: this process', with the administrator's folders on the PATH. */
export const toToolEnvironment = (environment: NodeJS.ProcessEnv = process.env): Record<string, string> => {
  return { ...(environment as Record<string, string>), PATH: toToolPath(environment) };
};

/**
 * Why containers of systemd-nspawn cannot run on this Linux machine, as one sentence; `undefined` when they can, or can once apt has
 * installed what is missing. Changes nothing.
 */
export const readHostToolsObstacle = async (path: string = toToolPath()): Promise<string | undefined> => {
  if (process.getuid?.() !== 0) {
    return 'Real nodes are containers of systemd-nspawn with namespaces and mounts of their own: run this as root.';
  }
  const missing = listMissingPackages(path);
  if (missing.length > 0 && !isOnPath('apt-get', path)) {
    return `Real nodes need what Debian calls ${missing.join(', ')}: install it.`;
  }
  const probe = ['--mount', '--net', '--pid', '--fork', 'true'];
  if (!isOnPath('unshare', path)) return undefined;
  const { exitCode } = await runCommand('unshare', probe, { environment: { PATH: path } });
  if (exitCode === 0) return undefined;
  return 'Real nodes need namespaces, which this machine does not let even root make: use one that is no container, or a privileged one.';
};

/**
 * Installs with apt what is missing for real nodes; on most machines that is systemd-container and debootstrap.
 * @throws Error with the end of what apt said
 */
export const ensureHostTools = async (onProgress: (line: string) => void): Promise<void> => {
  await installMissingPackages({ listMissing: listMissingPackages, environment: toToolEnvironment(), onProgress });
};

/** The packages of those programs that are not there. */
export const listMissingPackages = (path: string = toToolPath()): string[] => {
  const missing = Object.entries(PROGRAMS)
    .filter(([program]) => !isOnPath(program, path))
    .map(([, debianPackage]) => debianPackage);
  return [...new Set([...missing, ...(existsSync(KEYRING) ? [] : ['debian-archive-keyring'])])];
};

const toToolPath = (environment: NodeJS.ProcessEnv = process.env): string => {
  return [environment['PATH'] ?? '/usr/local/bin:/usr/bin:/bin', ...ADMINISTRATOR_FOLDERS].join(':');
};

const isOnPath = (program: string, path: string): boolean => {
  return path.split(':').some((folder) => existsSync(join(folder, program)));
};

import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { installMissingPackages } from '../programs/install-packages.ts';
import { runCommand } from '../processes/run-command.ts';

/** The programs that real nodes need, and the Debian package of each. */
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

/** Without it debootstrap would not verify packages. */
const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';

const ADMINISTRATOR_FOLDERS = ['/usr/local/sbin', '/usr/sbin', '/sbin'];

/** The environment of the programs that create and enter hosts: that of this process, with the administrator's folders on the PATH. */
export const toToolEnvironment = (environment: NodeJS.ProcessEnv = process.env): Record<string, string> => ({
  ...(environment as Record<string, string>),
  PATH: toToolPath(environment),
});

/**
 * Why systemd-nspawn containers cannot run on this Linux machine, with the remedy; `undefined` when they can, or can once apt has
 * installed missing packages. Changes nothing.
 */
export const readHostToolsObstacle = async (path: string = toToolPath()): Promise<string | undefined> => {
  if (process.getuid?.() !== 0) {
    return 'Real nodes are systemd-nspawn containers with their own namespaces and mounts. Run this command as root.';
  }
  const missing = listMissingPackages(path);
  if (missing.length > 0 && !isOnPath('apt-get', path)) {
    return `Real nodes need programs that are not installed. Install the Debian packages ${missing.join(', ')}.`;
  }
  const probe = ['--mount', '--net', '--pid', '--fork', 'true'];
  if (!isOnPath('unshare', path)) return undefined;
  const { exitCode } = await runCommand('unshare', probe, { environment: { PATH: path } });
  if (exitCode === 0) return undefined;
  return 'Real nodes need namespaces, which even root cannot create on this machine. Use a machine that is not a container, or a privileged container.';
};

/**
 * Installs with apt the missing packages for real nodes; on most machines these are systemd-container and debootstrap.
 * @throws Error with the end of apt's output.
 */
export const ensureHostTools = async (onProgress: (line: string) => void): Promise<void> => {
  await installMissingPackages({ listMissing: listMissingPackages, environment: toToolEnvironment(), onProgress });
};

/** The packages of the programs that are not installed. */
export const listMissingPackages = (path: string = toToolPath()): string[] => {
  const missing = Object.entries(PROGRAMS)
    .filter(([program]) => !isOnPath(program, path))
    .map(([, debianPackage]) => debianPackage);
  return [...new Set([...missing, ...(existsSync(KEYRING) ? [] : ['debian-archive-keyring'])])];
};

const toToolPath = (environment: NodeJS.ProcessEnv = process.env): string =>
  [environment['PATH'] ?? '/usr/local/bin:/usr/bin:/bin', ...ADMINISTRATOR_FOLDERS].join(':');

const isOnPath = (program: string, path: string): boolean =>
  path.split(':').some((folder) => existsSync(join(folder, program)));

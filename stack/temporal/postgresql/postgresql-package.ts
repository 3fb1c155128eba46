import { appendFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { toToolEnvironment } from '../../hosts/host-tools.ts';
import { installMissingPackages, installWithApt } from '../../programs/install-packages.ts';
import { runCommand } from '../../processes/run-command.ts';

const DEBIAN_VERSIONS = '/usr/lib/postgresql';
const CLUSTER_SETTINGS = '/etc/postgresql-common/createcluster.conf';

/** Namespaces of a server: when it ends, all its processes, shared memory and mounts end. */
export const POSTGRESQL_NAMESPACES = ['--mount', '--pid', '--ipc', '--fork', '--kill-child'] as const;

/** The folder with the programs of the newest PostgreSQL that is installed from Debian's packages. */
export const findPostgresql = (versionsDirectory = DEBIAN_VERSIONS): string | undefined => {
  if (!existsSync(versionsDirectory)) return undefined;
  return readdirSync(versionsDirectory)
    .sort((one, other) => Number(other) - Number(one))
    .map((version) => join(versionsDirectory, version, 'bin'))
    .find((directory) => existsSync(join(directory, 'postgres')) && existsSync(join(directory, 'initdb')));
};

/**
 * Why PostgreSQL cannot run on this Linux machine, with the remedy; `undefined` when it can, or can once apt has installed it.
 * Changes nothing.
 */
export const readPostgresqlObstacle = async (versionsDirectory = DEBIAN_VERSIONS): Promise<string | undefined> => {
  if (process.getuid?.() !== 0) {
    return 'PostgreSQL runs as a separate user, in separate namespaces. Run this command as root.';
  }
  if (findPostgresql(versionsDirectory) === undefined && !existsSync('/usr/bin/apt-get')) {
    return `There is no PostgreSQL server in ${versionsDirectory} and no apt to install it. Use a Debian machine.`;
  }
  const probe = await runCommand('unshare', [...POSTGRESQL_NAMESPACES, 'true'], { environment: toToolEnvironment() });
  if (probe.exitCode === 0) return undefined;
  return 'PostgreSQL runs in namespaces, which even root cannot create on this machine. Use a machine that is not a container, or a privileged container.';
};

/**
 * Installs Debian's PostgreSQL if it is missing, without its default cluster and service.
 * @returns the folder with its programs
 * @throws Error with the end of apt's output.
 */
export const ensurePostgresql = async (onProgress: (line: string) => void): Promise<string> => {
  await installMissingPackages({
    listMissing: () => (findPostgresql() === undefined ? ['postgresql'] : []),
    environment: toToolEnvironment(),
    onProgress,
    install: installWithoutCluster,
  });
  const directory = findPostgresql();
  if (directory === undefined) throw new Error(`The package postgresql installed no server in ${DEBIAN_VERSIONS}.`);
  return directory;
};

const installWithoutCluster = async (
  packages: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<void> => {
  await installWithApt(['postgresql-common'], environment);
  const settings = readFileSync(CLUSTER_SETTINGS);
  appendFileSync(CLUSTER_SETTINGS, '\ncreate_main_cluster = false\n');
  try {
    await installWithApt(packages, environment);
  } finally {
    // The setting must not affect later installations by the machine's owner.
    writeFileSync(CLUSTER_SETTINGS, settings);
  }
};

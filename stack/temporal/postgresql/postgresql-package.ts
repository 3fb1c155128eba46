import { appendFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { toToolEnvironment } from '../../hosts/host-tools.ts';
import { installMissingPackages, installWithApt } from '../../programs/install-packages.ts';
import { runCommand } from '../../processes/run-command.ts';

const DEBIAN_VERSIONS = '/usr/lib/postgresql';
const CLUSTER_SETTINGS = '/etc/postgresql-common/createcluster.conf';

/** Namespaces of a server: its end is the end of all its processes, shared memory and mounts. */
export const POSTGRESQL_NAMESPACES = ['--mount', '--pid', '--ipc', '--fork', '--kill-child'] as const;

/** The folder with the programs of the newest PostgreSQL that Debian's packages have put here. */
export const findPostgresql = (versionsDirectory = DEBIAN_VERSIONS): string | undefined => {
  if (!existsSync(versionsDirectory)) return undefined;
  return readdirSync(versionsDirectory)
    .sort((one, other) => Number(other) - Number(one))
    .map((version) => join(versionsDirectory, version, 'bin'))
    .find((directory) => existsSync(join(directory, 'postgres')) && existsSync(join(directory, 'initdb')));
};

/**
 * Why PostgreSQL cannot run on this Linux machine, as one sentence; `undefined` when it can, or can once apt has installed it.
 * Changes nothing.
 */
export const readPostgresqlObstacle = async (versionsDirectory = DEBIAN_VERSIONS): Promise<string | undefined> => {
  if (process.getuid?.() !== 0) {
    return 'PostgreSQL is run as a user of its own, in namespaces of its own: run this as root.';
  }
  if (findPostgresql(versionsDirectory) === undefined && !existsSync('/usr/bin/apt-get')) {
    return 'There is no PostgreSQL server where Debian puts it and no apt to install it: use a Debian machine.';
  }
  const probe = await runCommand('unshare', [...POSTGRESQL_NAMESPACES, 'true'], { environment: toToolEnvironment() });
  if (probe.exitCode === 0) return undefined;
  return 'PostgreSQL is run in namespaces, which this machine does not let even root make: use one that is no container, or a privileged one.';
};

/**
 * Installs Debian's PostgreSQL where there is none, without the cluster and the service that come with it.
 * @returns the folder with its programs
 * @throws Error with the end of what apt said
 */
export const ensurePostgresql = async (onProgress: (line: string) => void): Promise<string> => {
  await installMissingPackages({
    listMissing: () => (findPostgresql() === undefined ? ['postgresql'] : []),
    environment: toToolEnvironment(),
    onProgress,
    install: installWithoutCluster,
  });
  const directory = findPostgresql();
  if (directory === undefined) throw new Error(`The package postgresql put no server below ${DEBIAN_VERSIONS}.`);
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
    // The machine's owner may want one with the next version.
    writeFileSync(CLUSTER_SETTINGS, settings);
  }
};

import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { awaitCondition } from '../../processes/await-condition.ts';
import { readComposeService } from '../compose-service.ts';
import { toToolEnvironment } from '../../hosts/host-tools.ts';
import { startProcess } from '../../processes/managed-process.ts';
import type { ManagedProcess } from '../../processes/managed-process.ts';
import { runCommand, runSuccessfully } from '../../processes/run-command.ts';
import type { RunDirectory } from '../../processes/run-directory.ts';
import { POSTGRESQL_NAMESPACES } from './postgresql-package.ts';

/** A PostgreSQL server on loopback with one superuser; its data survives `kill` and `start`. */
export interface PostgresqlServer {
  readonly port: number;
  readonly user: string;
  /** Of the superuser. */
  readonly passwordPath: string;
  /** SIGKILL to all its processes; waits until they are gone. */
  kill(): Promise<void>;
  /** Starts it again on the same port and data, and waits until it accepts connections. */
  start(): Promise<void>;
}

const LAUNCHER = join(import.meta.dirname, 'as-postgres.sh');
/** Where the launcher mounts the server's folder for the user postgres. */
const MOUNT_POINT = '/var/lib/postgresql';
const PASSWORD_FILE = 'password';
/** Exit codes of pg_isready. */
const ACCEPTING = 0;
const NO_RESPONSE = 2;

/**
 * Creates a new cluster in the run directory, as the image of docker-compose.yml does in its volume, starts it and waits until it accepts connections.
 * @param programDirectory Debian's folder of `initdb`, `postgres` and `pg_isready`
 * @throws Error with the end of its log: the server exited.
 */
export const startPostgresql = async (
  run: RunDirectory,
  programDirectory: string,
  port: number,
): Promise<PostgresqlServer> => {
  const { environment, command } = readComposeService('postgresql');
  const user = environment['POSTGRES_USER'] ?? 'postgres';
  const directory = join(run.path, 'postgresql');
  const passwordPath = join(directory, PASSWORD_FILE);
  mkdirSync(directory);
  writeFileSync(passwordPath, randomBytes(24).toString('hex'), { mode: 0o600 });
  const asPostgres = (program: string): string[] => ['sh', LAUNCHER, directory, join(programDirectory, program)];
  await runSuccessfully('unshare', [...POSTGRESQL_NAMESPACES, ...asPostgres('initdb'), ...toInitArguments(user)], {
    environment: toToolEnvironment(),
  });

  let server: ManagedProcess | undefined;
  const probe = async (): Promise<number | null> => {
    const flags = ['--host=127.0.0.1', `--port=${port}`, `--username=${user}`, '--dbname=postgres', '--quiet'];
    return (await runCommand(join(programDirectory, 'pg_isready'), flags)).exitCode;
  };
  const start = async (): Promise<void> => {
    const started = startProcess(run, {
      name: 'postgresql',
      command: 'unshare',
      arguments: [...POSTGRESQL_NAMESPACES, ...asPostgres('postgres'), ...toServerArguments(port), ...command.slice(1)],
      environment: toToolEnvironment(),
    });
    server = started;
    await awaitCondition('PostgreSQL accepts connections', async () => {
      started.checkRunning();
      return (await probe()) === ACCEPTING;
    });
  };
  await start();
  return {
    port,
    user,
    passwordPath,
    kill: async () => {
      await server?.stop('SIGKILL');
      // The processes in the namespaces end a moment after their parent.
      await awaitCondition('PostgreSQL is gone', async () => (await probe()) === NO_RESPONSE);
    },
    start,
  };
};

const toInitArguments = (user: string): string[] => [
  `--pgdata=${MOUNT_POINT}/data`,
  `--username=${user}`,
  `--pwfile=${MOUNT_POINT}/${PASSWORD_FILE}`,
  '--auth=scram-sha-256',
  '--encoding=UTF8',
  '--no-locale',
  '--no-sync',
];

const toServerArguments = (port: number): string[] => {
  const settings = {
    listen_addresses: '127.0.0.1',
    port,
    unix_socket_directories: '',
    // In the run directory instead of /dev/shm, where it would outlive a SIGKILL.
    dynamic_shared_memory_type: 'mmap',
    // Unsynchronized data is lost only if the machine fails, not if the process does.
    fsync: 'off',
  };
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  return ['-D', `${MOUNT_POINT}/data`, ...flags];
};

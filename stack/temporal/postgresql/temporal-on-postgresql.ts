import { dirname, join } from 'node:path';

import { awaitCondition } from '../../processes/await-condition.ts';
import { COMPOSE_DIRECTORY, readComposeService } from '../compose-service.ts';
import { startProcess } from '../../processes/managed-process.ts';
import type { ManagedProcess, ProcessDescription } from '../../processes/managed-process.ts';
import type { ProgramPaths } from '../../programs/programs.ts';
import { runSuccessfully } from '../../processes/run-command.ts';
import type { RunDirectory } from '../../processes/run-directory.ts';
import { isResponding } from '../temporal-server.ts';
import type { TemporalPorts, TemporalServer } from '../temporal-server.ts';
import type { PostgresqlServer } from './postgresql-server.ts';

const LOOPBACK = '127.0.0.1';

/** Each service of the server has a port for requests and one for membership; the ports for requests to the frontend are in `ports`. */
const INNER_PORTS = [
  'FRONTEND_MEMBERSHIP_PORT',
  'HISTORY_GRPC_PORT',
  'HISTORY_MEMBERSHIP_PORT',
  'MATCHING_GRPC_PORT',
  'MATCHING_MEMBERSHIP_PORT',
  'WORKER_GRPC_PORT',
  'WORKER_MEMBERSHIP_PORT',
  'INTERNAL_FRONTEND_GRPC_PORT',
  'INTERNAL_FRONTEND_HTTP_PORT',
  'INTERNAL_FRONTEND_MEMBERSHIP_PORT',
] as const;
export const INNER_PORT_COUNT = INNER_PORTS.length;

/** Only clients with a token have access, and as much as it grants. */
export interface Authorization {
  /** Where the server reads the keys that sign tokens (JWKS). */
  readonly keySourceUri: string;
  /** With access to everything, for the creation of the namespace. */
  readonly adminToken: string;
}

export interface TemporalOnPostgresqlParts {
  readonly run: RunDirectory;
  readonly programs: ProgramPaths;
  readonly postgresql: PostgresqlServer;
  readonly ports: TemporalPorts;
  /** As many as `INNER_PORT_COUNT`. */
  readonly innerPorts: readonly number[];
  /** Without the web interface. */
  readonly headless: boolean;
  /** The server's default authorizer and claim mapper; absent: every client has full access, as in docker-compose.yml. */
  readonly authorization?: Authorization;
}

/**
 * Starts what docker-compose.yml starts besides the database, with its variables, scripts and settings and in its order: schema, server,
 * namespace, UI. Only addresses and ports differ.
 * @throws Error with the end of the log: a part exited.
 */
export const startTemporalOnPostgresql = async (parts: TemporalOnPostgresqlParts): Promise<TemporalServer> => {
  const { ports, postgresql, headless } = parts;
  const address = `${LOOPBACK}:${ports.frontend}`;
  await runScript(parts, 'schema', 'create-schema.sh', [postgresql.passwordPath], {
    SQL_HOST: LOOPBACK,
    SQL_PORT: String(postgresql.port),
    SQL_USER: postgresql.user,
  });

  let server: ManagedProcess | undefined;
  const start = async (): Promise<void> => {
    if (server?.isRunning() === true) return;
    server = await startAndAwait(
      parts,
      toServerDescription(parts),
      // Needs no token.
      `http://${LOOPBACK}:${ports.http}/api/v1/system-info`,
    );
  };
  await start();
  await runScript(parts, 'namespace', 'create-namespace.sh', [], {
    TEMPORAL_ADDRESS: address,
    ...(parts.authorization === undefined ? {} : toTokenEnvironment(parts.authorization.adminToken)),
  });
  if (!headless) await startAndAwait(parts, toUiDescription(parts, address), `http://${LOOPBACK}:${ports.ui}/healthz`);
  return {
    address,
    namespace: readComposeService('worker').environment['TEMPORAL_NAMESPACE'] ?? 'default',
    uiAddress: headless ? undefined : `http://${LOOPBACK}:${ports.ui}`,
    postgresql,
    kill: async () => server?.stop('SIGKILL'),
    stop: async () => server?.stop('SIGTERM'),
    start,
    isRunning: () => server?.isRunning() === true,
  };
};

/** How the temporal CLI and the SDK's clients are given a token, also without TLS. */
export const toTokenEnvironment = (token: string): Readonly<Record<string, string>> => ({
  TEMPORAL_GRPC_META_AUTHORIZATION: `Bearer ${token}`,
});

/** With an authorizer, the server's own workers use a frontend that other clients cannot reach. */
const toAuthorizationEnvironment = ({ keySourceUri }: Authorization): Readonly<Record<string, string>> => ({
  TEMPORAL_AUTH_AUTHORIZER: 'default',
  TEMPORAL_AUTH_CLAIM_MAPPER: 'default',
  TEMPORAL_JWT_KEY_SOURCE1: keySourceUri,
  USE_INTERNAL_FRONTEND: 'true',
  TEMPORAL_SERVICES: 'frontend,internal-frontend,history,matching,worker',
});

const runScript = async (
  { run, programs }: TemporalOnPostgresqlParts,
  service: string,
  script: string,
  scriptArguments: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<void> => {
  const path = [programs['temporal-sql-tool'], programs.temporal].map((program) => dirname(program)).join(':');
  await runSuccessfully('sh', [join(COMPOSE_DIRECTORY, script), ...scriptArguments], {
    environment: {
      ...readComposeService(service).environment,
      ...environment,
      HOME: run.path,
      PATH: `${path}:/usr/bin:/bin`,
    },
  });
};

const toServerDescription = ({
  run,
  programs,
  postgresql,
  ports,
  innerPorts,
  authorization,
}: TemporalOnPostgresqlParts): ProcessDescription => {
  const inner = INNER_PORTS.map((name, index) => [name, String(innerPorts[index])]);
  return {
    name: 'temporal-server',
    command: 'sh',
    arguments: [
      join(COMPOSE_DIRECTORY, 'start-temporal.sh'),
      postgresql.passwordPath,
      programs['temporal-server'],
      'start',
    ],
    environment: {
      ...readComposeService('temporal').environment,
      ...(Object.fromEntries(inner) as Record<string, string>),
      HOME: run.path,
      PATH: '/usr/bin:/bin',
      POSTGRES_SEEDS: LOOPBACK,
      DB_PORT: String(postgresql.port),
      POSTGRES_USER: postgresql.user,
      BIND_ON_IP: LOOPBACK,
      FRONTEND_GRPC_PORT: String(ports.frontend),
      FRONTEND_HTTP_PORT: String(ports.http),
      DYNAMIC_CONFIG_FILE_PATH: join(COMPOSE_DIRECTORY, 'dynamic-config.yaml'),
      ...(authorization === undefined ? {} : toAuthorizationEnvironment(authorization)),
    },
  };
};

const toUiDescription = ({ run, programs, ports }: TemporalOnPostgresqlParts, address: string): ProcessDescription => ({
  name: 'temporal-ui',
  command: programs['temporal-ui-server'],
  arguments: ['--root', import.meta.dirname, '--config', 'temporal-ui', '--env', 'loopback', 'start'],
  environment: {
    ...readComposeService('ui').environment,
    HOME: run.path,
    TEMPORAL_ADDRESS: address,
    TEMPORAL_UI_PORT: String(ports.ui),
    TEMPORAL_CORS_ORIGINS: `http://${LOOPBACK}:${ports.ui}`,
  },
});

/** Starts a program and waits until the URL responds. */
const startAndAwait = async (
  { run }: TemporalOnPostgresqlParts,
  description: ProcessDescription,
  url: string,
): Promise<ManagedProcess> => {
  const started = startProcess(run, description);
  await awaitCondition(`${description.name} responds`, async () => {
    started.checkRunning();
    return isResponding(url);
  });
  return started;
};

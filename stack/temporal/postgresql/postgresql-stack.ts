import { POSTGRESQL_GROUPS } from '../../programs/program-groups.ts';
import { ensurePrograms, readHostingObstacle } from '../../programs/programs.ts';
import type { ProgramPaths } from '../../programs/programs.ts';
import { releasePorts, reservePorts } from '../../processes/reserve-ports.ts';
import type { RunDirectory } from '../../processes/run-directory.ts';
import type { TemporalPorts, TemporalServer } from '../temporal-server.ts';
import { ensurePostgresql, readPostgresqlObstacle } from './postgresql-package.ts';
import { startPostgresql } from './postgresql-server.ts';
import { INNER_PORT_COUNT, startTemporalOnPostgresql, type Authorization } from './temporal-on-postgresql.ts';

/** Temporal as in docker-compose.yml: the server, not the dev server, on PostgreSQL. */
export interface PostgresqlOptions {
  readonly database: 'postgresql';
  /** Without the web interface; default false. */
  readonly headless?: boolean;
  /** Only clients with a token have access; default: all have, as in docker-compose.yml. */
  readonly authorization?: Authorization;
}

/** Starts PostgreSQL and Temporal on it for one stack. @param releases receives the functions to call at the end */
export type StartOnPostgresql = (
  run: RunDirectory,
  programs: ProgramPaths,
  ports: TemporalPorts,
  releases: (() => void)[],
) => Promise<TemporalServer>;

/**
 * Why this machine cannot host Temporal on PostgreSQL, with the remedy; `undefined` when it can, or can once missing parts are compiled and
 * installed. Changes nothing.
 */
export const readPostgresqlStackObstacle = async (): Promise<string | undefined> =>
  (await readHostingObstacle(POSTGRESQL_GROUPS)) ?? (await readPostgresqlObstacle());

/**
 * Compiles and installs what the cache and the machine do not have yet; takes minutes when cold.
 * @returns a function that starts it
 * @throws Error when this machine cannot host it.
 */
export const ensurePostgresqlStack = async (
  onProgress: (line: string) => void,
  { headless = false, authorization }: Partial<PostgresqlOptions> = {},
): Promise<StartOnPostgresql> => {
  const obstacle = await readPostgresqlStackObstacle();
  if (obstacle !== undefined) throw new Error(obstacle);
  await ensurePrograms(POSTGRESQL_GROUPS, onProgress);
  const programDirectory = await ensurePostgresql(onProgress);
  return async (run, programs, ports, releases) => {
    const reserved = await reservePorts(run, 1 + INNER_PORT_COUNT);
    releases.push(() => {
      releasePorts(run, reserved);
    });
    const [port, ...innerPorts] = reserved as [number, ...number[]];
    const postgresql = await startPostgresql(run, programDirectory, port);
    const parts = { run, programs, postgresql, ports, innerPorts, headless };
    return startTemporalOnPostgresql({ ...parts, ...(authorization === undefined ? {} : { authorization }) });
  };
};

import { join } from 'node:path';

import { SEARCH_ATTRIBUTES } from '../../src/domain/run/search-attributes.ts';
import { awaitCondition } from '../processes/await-condition.ts';
import { startProcess } from '../processes/managed-process.ts';
import type { ManagedProcess } from '../processes/managed-process.ts';
import type { ProgramPaths } from '../programs/programs.ts';
import type { PostgresqlServer } from './postgresql/postgresql-server.ts';
import type { RunDirectory } from '../processes/run-directory.ts';

export interface TemporalOptions {
  /** Without the web interface; default false. */
  readonly headless?: boolean;
  /** How long closed workflows are kept; default 3 days. */
  readonly retentionHours?: number;
  /** Types by name, e.g. `{Cluster: 'Keyword'}`; default: those that runs use. */
  readonly searchAttributes?: Readonly<Record<string, string>>;
}

export interface TemporalPorts {
  readonly frontend: number;
  readonly http: number;
  readonly ui: number;
}

/** A Temporal server: its data survives `kill` and `start`. */
export interface TemporalServer {
  /** For instance `127.0.0.1:24567`. */
  readonly address: string;
  readonly namespace: string;
  /** `undefined` when headless. */
  readonly uiAddress: string | undefined;
  /** Where its data is stored; `undefined` for the dev server, which uses a SQLite file. */
  readonly postgresql: PostgresqlServer | undefined;
  /** SIGKILL; waits until the process is gone. */
  kill(): Promise<void>;
  /** SIGTERM; waits until the process is gone. */
  stop(): Promise<void>;
  /** Starts it again on the same ports and data, and waits until it responds. */
  start(): Promise<void>;
  isRunning(): boolean;
}

const NAMESPACE = 'default';
const OF_RUNS = Object.fromEntries(SEARCH_ATTRIBUTES.map((name) => [name, 'Keyword']));

/**
 * Starts the dev server on a SQLite file, which it flushes at every transaction, and waits until its namespace exists.
 * @throws Error with the end of its log: the server exited.
 */
export const startTemporalServer = async (
  run: RunDirectory,
  programs: ProgramPaths,
  ports: TemporalPorts,
  options: TemporalOptions,
): Promise<TemporalServer> => {
  const namespaceUrl = `http://127.0.0.1:${ports.http}/api/v1/namespaces/${NAMESPACE}`;
  let server: ManagedProcess | undefined;

  const start = async (): Promise<void> => {
    if (server?.isRunning() === true) return;
    const started = startProcess(run, {
      name: 'temporal',
      command: programs.temporal,
      environment: { HOME: run.path },
      arguments: toArguments(run, ports, options),
    });
    server = started;
    await awaitCondition('the Temporal server responds', async () => {
      started.checkRunning();
      return isResponding(namespaceUrl);
    });
    await setRetention(namespaceUrl, options.retentionHours ?? 72);
  };

  await start();
  return {
    address: `127.0.0.1:${ports.frontend}`,
    namespace: NAMESPACE,
    uiAddress: options.headless === true ? undefined : `http://127.0.0.1:${ports.ui}`,
    postgresql: undefined,
    kill: async () => server?.stop('SIGKILL'),
    stop: async () => server?.stop('SIGTERM'),
    start,
    isRunning: () => server?.isRunning() === true,
  };
};

const toArguments = (run: RunDirectory, ports: TemporalPorts, options: TemporalOptions): string[] => [
  'server',
  'start-dev',
  '--ip=127.0.0.1',
  `--port=${ports.frontend}`,
  `--http-port=${ports.http}`,
  `--db-filename=${join(run.flushedPath, 'temporal.db')}`,
  '--log-level=error',
  ...(options.headless === true ? ['--headless'] : [`--ui-port=${ports.ui}`]),
  ...Object.entries(options.searchAttributes ?? OF_RUNS).map(([name, type]) => `--search-attribute=${name}=${type}`),
];

/** Whether the URL responds with a status from 200 to 299. */
export const isResponding = async (url: string): Promise<boolean> => {
  try {
    return (await fetch(url)).ok;
  } catch {
    // Refused connections are expected here; the caller checks that the process is running.
    return false;
  }
};

/** The dev server's default is one day: too short to inspect a run after a weekend. */
const setRetention = async (namespaceUrl: string, hours: number): Promise<void> => {
  const response = await fetch(`${namespaceUrl}/update`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ config: { workflowExecutionRetentionTtl: `${hours * 3600}s` } }),
  });
  if (!response.ok) throw new Error(`The Temporal server refused to set the retention: ${await response.text()}`);
};

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { open, readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { CliFailure } from '../cli-failure.ts';
import { readErrorCode } from '../../domain/text/error-code.ts';
import { toVisibleText } from '../../domain/text/visible-text.ts';
import { isProcessAlive, readProcessIdentity, type ProcessIdentity } from './process-identity.ts';
import {
  isPortAnswering,
  readLiveServer,
  readServerRecord,
  writeServerRecord,
  type ServerRecord,
} from './server-record.ts';
import type { StateDirectory } from './state-directory.ts';

const HOST = '127.0.0.1';
const READY_SECONDS = 60;
/** Any process of the machine can take a free port between the probe and the server's start. */
const START_ATTEMPTS = 3;
/** Of the log's last line, in a message. */
const LINE_LENGTH = 300;
const STOP_SECONDS = 15;

/**
 * The dev server of a state directory: the live one that a killed process left behind, or a new one on the same database. The caller
 * holds the directory's lock. A new server has its own process group, so that Ctrl-C in a terminal does not reach it; its output goes to
 * the log file.
 *
 * @throws CliFailure `TemporalNotStarted`: it ended, or did not respond within a minute.
 */
export const startOrAdoptServer = async (
  state: StateDirectory,
  readProgramPath: () => Promise<string>,
): Promise<{ readonly server: ServerRecord; readonly adopted: boolean }> => {
  const live = await readLiveServer(state.serverFile);
  if (live !== undefined) return { server: live, adopted: true };
  const earlier = await readServerRecord(state.serverFile);
  if (earlier !== undefined) await stopServer(earlier);
  return { server: await startOnFreePorts(state, await readProgramPath(), earlier), adopted: false };
};

/** On the ports of the earlier server if they are free; after a failed attempt on others. */
const startOnFreePorts = async (
  state: StateDirectory,
  program: string,
  earlier: ServerRecord | undefined,
): Promise<ServerRecord> => {
  let server = await startServer(state, program, await takeFreePorts(earlier));
  for (let attempt = 2; server === undefined && attempt <= START_ATTEMPTS; attempt++) {
    server = await startServer(state, program, await takeFreePorts(undefined));
  }
  if (server === undefined) throw toStartFailure(state, `it ended while starting: ${await readLastLine(state)}`);
  return server;
};

type Ports = Pick<ServerRecord, 'port' | 'uiPort'>;

/** Undefined when the server ended before it responded. */
const startServer = async (
  state: StateDirectory,
  program: string,
  { port, uiPort }: Ports,
): Promise<ServerRecord | undefined> => {
  const log = await open(state.serverLogFile, 'a');
  let identity: ProcessIdentity | undefined;
  try {
    const flags = ['--ip', HOST, '--port', port, '--ui-port', uiPort, '--db-filename', state.databaseFile];
    const child = spawn(program, ['server', 'start-dev', ...flags.map(String), '--log-level', 'warn'], {
      detached: true,
      stdio: ['ignore', log.fd, log.fd],
    });
    await once(child, 'spawn');
    child.unref();
    identity = child.pid === undefined ? undefined : await readProcessIdentity(child.pid);
    if (identity === undefined) return undefined;
    const record: ServerRecord = { ...identity, host: HOST, port, uiPort, program };
    await writeServerRecord(state.serverFile, record);
    return (await awaitReadyOrEnd(state, record)) ? record : undefined;
  } catch (error) {
    // No later process would find it, and a second server on its database breaks both.
    if (identity !== undefined) await stopServer(identity);
    if (error instanceof CliFailure) throw error;
    throw toStartFailure(state, error instanceof Error ? error.message : 'unknown cause');
  } finally {
    await log.close();
  }
};

/** False when the process ended. */
const awaitReadyOrEnd = async (state: StateDirectory, record: ServerRecord): Promise<boolean> => {
  const deadline = Date.now() + READY_SECONDS * 1000;
  while (Date.now() < deadline) {
    if (!(await isProcessAlive(record))) return false;
    if (await isPortAnswering(record.host, record.port)) return true;
    await sleep(100);
  }
  throw toStartFailure(state, `it did not respond within ${READY_SECONDS} s`);
};

const readLastLine = async (state: StateDirectory): Promise<string> => {
  const lines = (await readFile(state.serverLogFile, 'utf8')).trimEnd().split('\n');
  return toVisibleText(lines.at(-1) ?? '', LINE_LENGTH);
};

const toStartFailure = (state: StateDirectory, cause: string): CliFailure =>
  new CliFailure(
    'TemporalNotStarted',
    `the Temporal dev server could not be started (${cause}); see ${state.serverLogFile}.`,
    1,
  );

/**
 * Stops this process, with SIGKILL when it does not end in time. Its record stays: the next server takes the same ports when they are
 * free. Idempotent.
 */
export const stopServer = async (record: ProcessIdentity): Promise<void> => {
  await signalIfAlive(record, 'SIGTERM');
  const deadline = Date.now() + STOP_SECONDS * 1000;
  while (Date.now() < deadline && (await isProcessAlive(record))) await sleep(50);
  await signalIfAlive(record, 'SIGKILL');
};

const signalIfAlive = async (identity: ProcessIdentity, signal: NodeJS.Signals): Promise<void> => {
  if (!(await isProcessAlive(identity))) return;
  try {
    process.kill(identity.pid, signal);
  } catch (error) {
    if (readErrorCode(error) !== 'ESRCH') throw error;
  }
};

const takeFreePorts = async (wished: Ports | undefined): Promise<Ports> => ({
  port: await takeFreePort(wished?.port),
  uiPort: await takeFreePort(wished?.uiPort),
});

/** The wished port when it is free, so that an address in a browser stays valid, else any free one. */
const takeFreePort = async (wished: number | undefined): Promise<number> => {
  const port = wished === undefined ? undefined : await probePort(wished).catch(() => undefined);
  return port ?? probePort(0);
};

const probePort = async (wished: number): Promise<number> => {
  const probe = createServer();
  probe.listen(wished, HOST);
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  if (address === null || typeof address === 'string') throw new Error('the probe has no port');
  return address.port;
};

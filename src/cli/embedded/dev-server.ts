import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { open } from 'node:fs/promises';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { CliFailure } from '../cli-failure.ts';
import { readErrorCode } from '../../domain/text/error-code.ts';
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
  return { server: await startServer(state, await readProgramPath(), earlier), adopted: false };
};

const startServer = async (
  state: StateDirectory,
  program: string,
  earlier: ServerRecord | undefined,
): Promise<ServerRecord> => {
  const port = await takeFreePort(earlier?.port);
  const uiPort = await takeFreePort(earlier?.uiPort);
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
    if (identity === undefined) throw toStartFailure(state, 'it ended immediately');
    const record: ServerRecord = { ...identity, host: HOST, port, uiPort, program };
    await writeServerRecord(state.serverFile, record);
    await awaitReady(state, record);
    return record;
  } catch (error) {
    // No later process would find it, and a second server on its database breaks both.
    if (identity !== undefined) await stopServer(identity);
    if (error instanceof CliFailure) throw error;
    throw toStartFailure(state, error instanceof Error ? error.message : 'unknown cause');
  } finally {
    await log.close();
  }
};

const awaitReady = async (state: StateDirectory, record: ServerRecord): Promise<void> => {
  const deadline = Date.now() + READY_SECONDS * 1000;
  while (Date.now() < deadline) {
    if (!(await isProcessAlive(record))) throw toStartFailure(state, 'it ended while starting');
    if (await isPortAnswering(record.host, record.port)) return;
    await sleep(100);
  }
  throw toStartFailure(state, `it did not respond within ${READY_SECONDS} s`);
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

import { mkdir } from 'node:fs/promises';
import { msToTs } from '@temporalio/common/lib/time.js';
import { registerSearchAttributes } from '../../client/search-attributes.ts';
import type { CliContext } from '../cli-context.ts';
import { CliFailure } from '../cli-failure.ts';
import { connectClient, toEmbeddedPlace, type TemporalPlace } from '../connect-temporal.ts';
import { startOrAdoptServer, stopServer } from './dev-server.ts';
import { downloadTemporalProgram } from './download-temporal-program.ts';
import { readProcessIdentity } from './process-identity.ts';
import { toServerAddress, toUiAddress, type ServerRecord } from './server-record.ts';
import type { StateDirectory } from './state-directory.ts';
import { acquireStateLock } from './state-lock.ts';
import { findTemporalProgram } from './temporal-program.ts';

/** How long closed decommissions can be read; the server's default is one day. */
const RETENTION = '30 days';

export interface EmbeddedTemporal {
  readonly place: TemporalPlace;
  /** Stops the server and releases the state directory. Idempotent. */
  readonly stop: () => Promise<void>;
}

/**
 * The dev server of the state directory, for this process alone: two servers at once would break the database. Creates the directory, takes
 * its lock, and starts a server or adopts the one that a killed `run` left behind.
 *
 * @throws CliFailure `StateDirectoryBusy`: another live `run` uses the directory.
 * @throws CliFailure `TemporalNotStarted`: the server does not serve; it is stopped again.
 * @throws CliFailure `NoTemporalProgram`: there is no program, and the download failed.
 */
export const openEmbeddedTemporal = async (
  state: StateDirectory,
  { environment, programName }: Pick<CliContext, 'environment' | 'programName'>,
  note: (line: string) => void,
): Promise<EmbeddedTemporal> => {
  await mkdir(state.path, { recursive: true, mode: 0o700 });
  const self = await readProcessIdentity(process.pid);
  if (self === undefined) {
    throw new CliFailure(
      'NoProcessTable',
      'this process cannot read its own start time; make /proc (or `ps`) available.',
      1,
    );
  }
  const lock = await acquireStateLock(state.lockFile, self);
  if (lock.kind === 'held') throw toHeldFailure(state, lock.holder.pid, programName);
  let server: ServerRecord | undefined;
  const stop = async (): Promise<void> => {
    try {
      if (server !== undefined) await stopServer(server);
    } finally {
      await lock.release();
    }
  };
  try {
    const started = await startOrAdoptServer(state, () => readProgramPath(environment, note));
    server = started.server;
    const place = toEmbeddedPlace(toServerAddress(server), toUiAddress(server));
    const verb = started.adopted ? 'Took over' : 'Started';
    note(`${verb} the Temporal dev server at ${place.address}, UI at ${toUiAddress(server)}`);
    await prepareNamespace(place, environment);
    let stopping: Promise<void> | undefined;
    return { place, stop: () => (stopping ??= stop()) };
  } catch (error) {
    await stop();
    throw error;
  }
};

const toHeldFailure = (state: StateDirectory, pid: number, programName: string): CliFailure =>
  new CliFailure(
    'StateDirectoryBusy',
    `another \`run\` (pid ${pid}) uses ${state.path}. Watch it with \`${programName} watch\`, wait for it, ` +
      'or set NODE_DECOMMISSION_STATE to another directory for this one.',
    1,
  );

const readProgramPath = async (environment: NodeJS.ProcessEnv, note: (line: string) => void): Promise<string> => {
  const found = await findTemporalProgram(environment);
  if (found === undefined) note('No `temporal` program found; downloading one through the Temporal SDK');
  const program = found ?? (await downloadTemporalProgram(environment));
  note(`Using ${program.path} (from ${program.source})`);
  return program.path;
};

const prepareNamespace = async (place: TemporalPlace, environment: NodeJS.ProcessEnv): Promise<void> => {
  const connected = await connectClient(place, environment);
  try {
    await connected.client.workflowService.updateNamespace({
      namespace: place.namespace,
      config: { workflowExecutionRetentionTtl: msToTs(RETENTION) },
    });
    // A run does without those that are not registered.
    await registerSearchAttributes(connected.client).catch(() => undefined);
  } finally {
    await connected.close();
  }
};

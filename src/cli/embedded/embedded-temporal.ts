import { mkdir } from 'node:fs/promises';
import { msToTs } from '@temporalio/common/lib/time.js';
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

/** Finished decommissions stay readable that long; the server's own default is one day. */
const RETENTION = '30 days';

export interface EmbeddedTemporal {
  readonly place: TemporalPlace;
  /** Stops the server and gives the state directory free. Doing it twice is harmless. */
  readonly stop: () => Promise<void>;
}

/**
 * The dev server of the state directory, for this process alone: two at once would break the database. Makes the directory, takes its
 * lock, starts a server or adopts the one that a killed `run` left. Throws when another live `run` has the directory, and when the server
 * does not serve: then it is ended again.
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
      'this process cannot read its own start time: /proc (or `ps`) is needed.',
      1,
    );
  }
  const lock = await acquireStateLock(state.lockFile, self);
  if (lock.kind === 'held') throw toHeldFailure(state, lock.holder.pid, programName);
  let server: ServerRecord | undefined;
  const stop = (): Promise<void> =>
    (server === undefined ? Promise.resolve() : stopServer(server)).finally(() => lock.release());
  try {
    const started = await startOrAdoptServer(state, () => readProgramPath(environment, note));
    server = started.server;
    const place = toEmbeddedPlace(toServerAddress(server), toUiAddress(server));
    const verb = started.adopted ? 'Took over' : 'Started';
    note(`${verb} the Temporal dev server at ${place.address}, UI at ${toUiAddress(server)}`);
    await setRetention(place, environment);
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
    `another \`run\` (pid ${pid}) works in ${state.path}. Watch it with \`${programName} watch\`, wait for it, ` +
      'or give this one a directory of its own with NODE_DECOMMISSION_STATE.',
    1,
  );

const readProgramPath = async (environment: NodeJS.ProcessEnv, note: (line: string) => void): Promise<string> => {
  const found = await findTemporalProgram(environment);
  if (found === undefined) note('No `temporal` program found; downloading one through the Temporal SDK');
  const program = found ?? (await downloadTemporalProgram(environment));
  note(`Using ${program.path} (from ${program.source})`);
  return program.path;
};

const setRetention = async (place: TemporalPlace, environment: NodeJS.ProcessEnv): Promise<void> => {
  const connected = await connectClient(place, environment);
  try {
    await connected.client.workflowService.updateNamespace({
      namespace: place.namespace,
      config: { workflowExecutionRetentionTtl: msToTs(RETENTION) },
    });
  } finally {
    await connected.close();
  }
};

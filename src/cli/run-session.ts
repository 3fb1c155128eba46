import type { DecommissionClient } from '../client/decommission-client.ts';
import type { Configuration } from '../config/configuration.ts';
import type { CliContext } from './cli-context.ts';
import { connectClient, readConfiguredPlace, type TemporalPlace } from './connect-temporal.ts';
import { openEmbeddedTemporal } from './embedded/embedded-temporal.ts';
import { toStateDirectory } from './embedded/state-directory.ts';
import { createFileLogger, installRuntime, startInProcessWorker } from './in-process-worker.ts';

/** A Temporal server, a client of it, and a worker in this process. */
export interface RunSession {
  readonly place: TemporalPlace;
  readonly client: DecommissionClient;
  /** Rejects when the worker breaks. */
  readonly workerEnded: Promise<void>;
}

type Closer = () => Promise<void>;

/**
 * Runs `use` with the configured Temporal server or one of our own, and a worker beside it. Everything is stopped in reverse order
 * whatever comes: what was running then is suspended, not lost.
 */
export const withRunSession = async <Result>(
  context: CliContext,
  configuration: Configuration,
  note: (line: string) => void,
  use: (session: RunSession) => Promise<Result>,
): Promise<Result> => {
  const state = toStateDirectory(context.environment);
  const closers: Closer[] = [];
  try {
    const logger = await createFileLogger(state.workerLogFile);
    installRuntime(logger);
    const place = readConfiguredPlace(context.environment) ?? (await openEmbedded(context, note, closers));
    const client = await connectClient(place, context.environment);
    closers.push(() => client.close());
    const worker = await startInProcessWorker(place, configuration);
    closers.push(worker.stop);
    return await use({ place, client, workerEnded: worker.ended });
  } finally {
    for (const close of closers.reverse()) await close();
  }
};

const openEmbedded = async (
  context: CliContext,
  note: (line: string) => void,
  closers: Closer[],
): Promise<TemporalPlace> => {
  const embedded = await openEmbeddedTemporal(toStateDirectory(context.environment), context.environment, note);
  closers.push(embedded.stop);
  return embedded.place;
};

import type { DecommissionClient } from '../../client/decommission-client.ts';
import type { Configuration } from '../../config/configuration.ts';
import type { CliContext } from '../cli-context.ts';
import { connectClient, readConfiguredPlace, type TemporalPlace } from '../connect-temporal.ts';
import { openEmbeddedTemporal } from './embedded-temporal.ts';
import { toServedConfiguration } from './served-configuration.ts';
import { toStateDirectory } from './state-directory.ts';
import { createFileLogger, installRuntime, startInProcessWorker, type InProcessWorker } from './in-process-worker.ts';

/** A Temporal server, a client of it, and on request a worker in this process. */
export interface RunSession {
  readonly place: TemporalPlace;
  readonly client: DecommissionClient;
  /** Call it once. From then on all open decommissions of the server continue. */
  readonly startWorker: () => Promise<Pick<InProcessWorker, 'ended'>>;
}

type Closer = () => Promise<void>;

/**
 * Runs `use` with the configured Temporal server or an embedded one. Afterwards, and after a failure, stops everything in reverse order:
 * what was running then is suspended, not lost.
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
    const startWorker = async (): Promise<InProcessWorker> => {
      const worker = await startInProcessWorker(place, toServedConfiguration(configuration, place));
      closers.push(worker.stop);
      return worker;
    };
    return await use({ place, client, startWorker });
  } finally {
    await closeAll(closers.reverse());
  }
};

/** A failure does not prevent the next closer: the server is the last one, and no other process would stop it. */
const closeAll = async (closers: readonly Closer[]): Promise<void> => {
  const results: PromiseSettledResult<void>[] = [];
  for (const close of closers) results.push(...(await Promise.allSettled([close()])));
  const failed = results.find((result) => result.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
};

const openEmbedded = async (
  context: CliContext,
  note: (line: string) => void,
  closers: Closer[],
): Promise<TemporalPlace> => {
  const embedded = await openEmbeddedTemporal(toStateDirectory(context.environment), context, note);
  closers.push(embedded.stop);
  return embedded.place;
};

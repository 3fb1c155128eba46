import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { NativeConnection, Runtime } from '@temporalio/worker';
import pino, { type Logger } from 'pino';
import type { Configuration } from '../../config/configuration.ts';
import { createDecommissionWorker } from '../../worker.ts';
import { CliFailure } from '../cli-failure.ts';
import type { TemporalPlace } from '../connect-temporal.ts';

export interface InProcessWorker {
  /** Rejects when the worker breaks; resolves after `stop`. */
  readonly ended: Promise<void>;
  /** Lets running activities end or hand over, then closes the connection. Doing it twice is harmless. */
  readonly stop: () => Promise<void>;
}

/**
 * Signals are handled by the commands themselves: Temporal's runtime would swallow SIGTERM when no worker runs. Once per process, before
 * anything else of the SDK's native part; changes the process.
 */
export const installRuntime = (logger: Logger): void => {
  const say = (
    level: 'trace' | 'debug' | 'info' | 'warn' | 'error',
    message: string,
    meta: object | undefined,
  ): void => {
    logger[level](meta ?? {}, message);
  };
  Runtime.install({
    shutdownSignals: [],
    logger: {
      log: (level, message, meta) => {
        say(level.toLowerCase() as 'info', message, meta);
      },
      trace: (message, meta) => {
        say('trace', message, meta);
      },
      debug: (message, meta) => {
        say('debug', message, meta);
      },
      info: (message, meta) => {
        say('info', message, meta);
      },
      warn: (message, meta) => {
        say('warn', message, meta);
      },
      error: (message, meta) => {
        say('error', message, meta);
      },
    },
  });
};

/** A log that goes to a file, so that it does not run through the live view. Creates the folder. */
export const createFileLogger = async (path: string): Promise<Logger> => {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  return pino({ level: 'info' }, pino.destination({ dest: path, sync: true }));
};

/** Starts a worker in this process. `installRuntime` comes first. Throws when the server or a cluster cannot be used. */
export const startInProcessWorker = async (
  place: TemporalPlace,
  configuration: Configuration,
): Promise<InProcessWorker> => {
  const connection = await connectNative(place);
  const worker = await createDecommissionWorker({ connection, namespace: place.namespace, configuration }).catch(
    async (error: unknown) => {
      await connection.close();
      throw error;
    },
  );
  const ended = worker.run();
  ended.catch(() => undefined); // Whoever waits for it hears of it; nobody waiting must not end the process.
  let stopping: Promise<void> | undefined;
  const stop = async (): Promise<void> => {
    if (worker.getState() === 'RUNNING') worker.shutdown();
    await ended.catch(() => undefined);
    await connection.close();
  };
  return { ended, stop: () => (stopping ??= stop()) };
};

const connectNative = async (place: TemporalPlace): Promise<NativeConnection> => {
  try {
    return await NativeConnection.connect(place.connectionOptions);
  } catch {
    // The SDK's error repeats the options it was given, credentials among them.
    throw new CliFailure(
      'ServerUnreachable',
      `the worker cannot reach the Temporal server at ${place.address}: check that it runs, and the TLS settings and API key.`,
      1,
    );
  }
};

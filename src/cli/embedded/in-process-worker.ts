import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { NativeConnection, Runtime } from '@temporalio/worker';
import pino, { type Logger } from 'pino';
import type { Configuration } from '../../config/configuration.ts';
import { createDecommissionWorker } from '../../worker.ts';
import { CliFailure } from '../cli-failure.ts';
import type { TemporalPlace } from '../connect-temporal.ts';
import { createWorkerLogger } from './worker-logger.ts';

export interface InProcessWorker {
  /** Rejects when the worker fails; resolves after `stop`. */
  readonly ended: Promise<void>;
  /** Waits until running activities end or hand over, then closes the connection. Idempotent. */
  readonly stop: () => Promise<void>;
}

/**
 * Installs Temporal's runtime without its signal handlers, which would swallow SIGTERM when no worker runs: the commands handle signals. Once
 * per process, before any other native part of the SDK; changes the process.
 */
export const installRuntime = (logger: Logger): void => {
  const write = (
    level: 'trace' | 'debug' | 'info' | 'warn' | 'error',
    message: string,
    meta: object | undefined,
  ): void => {
    logger[level](meta ?? {}, message);
  };
  Runtime.install({
    shutdownSignals: [],
    // Without it, the native part writes its warnings to stdout, between the lines of `-o json`.
    telemetryOptions: { logging: { forward: {} } },
    logger: {
      log: (level, message, meta) => {
        write(level.toLowerCase() as 'info', message, meta);
      },
      trace: (message, meta) => {
        write('trace', message, meta);
      },
      debug: (message, meta) => {
        write('debug', message, meta);
      },
      info: (message, meta) => {
        write('info', message, meta);
      },
      warn: (message, meta) => {
        write('warn', message, meta);
      },
      error: (message, meta) => {
        write('error', message, meta);
      },
    },
  });
};

/** Logs to a file, so that log lines do not disturb the live view. Creates the folder. */
export const createFileLogger = async (path: string): Promise<Logger> => {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  return createWorkerLogger(pino.destination({ dest: path, sync: true }));
};

/**
 * Starts a worker in this process, after `installRuntime`.
 *
 * @throws CliFailure `ServerUnreachable`: the Temporal server does not respond.
 * @throws ClusterFailure `Invalid`: a kubeconfig cannot be used.
 */
export const startInProcessWorker = async (
  place: TemporalPlace,
  configuration: Configuration,
): Promise<InProcessWorker> => {
  const connection = await connectNative(place);
  const { address, namespace } = place;
  const worker = await createDecommissionWorker({ connection, address, namespace, configuration }).catch(
    async (error: unknown) => {
      await connection.close();
      throw error;
    },
  );
  const ended = worker.run();
  ended.catch(() => undefined); // The caller handles it; an unhandled rejection would end the process.
  let stopping: Promise<void> | undefined;
  const stop = async (): Promise<void> => {
    worker.shutdown();
    await ended.catch(() => undefined);
    await connection.close();
  };
  return { ended, stop: () => (stopping ??= stop()) };
};

const connectNative = async (place: TemporalPlace): Promise<NativeConnection> => {
  try {
    return await NativeConnection.connect(place.connectionOptions);
  } catch {
    // The SDK's error contains the connection options, credentials included.
    throw new CliFailure(
      'ServerUnreachable',
      `the worker cannot reach the Temporal server at ${place.address}: check that it runs, and the TLS settings and API key.`,
      1,
    );
  }
};

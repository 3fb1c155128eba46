import { Client, Connection, type ConnectionLike } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import type { DecommissionRequestInput } from '../domain/request/schema/request-input.ts';
import { DecommissionError } from './decommission-error.ts';
import type { DecommissionHandle } from './decommission-handle.ts';
import { listDecommissions, type ListedDecommission, type ListOptions } from './list-decommissions.ts';
import { attachToDecommission, startDecommission, type StartOptions } from './start/start-decommission.ts';
import {
  startAndAwaitVerdict,
  type StartedDecommission,
  type VerdictOptions,
} from './start/start-and-await-verdict.ts';
import { readQueueWorkers } from './queue-workers.ts';
import type { QueueWorkers } from '../domain/run/worker-routing.ts';

/** How the client reaches Temporal; by default as the `temporal` CLI does. */
export interface DecommissionClientOptions {
  /** An existing client; `connection` and `namespace` are then ignored. */
  readonly client?: Client;
  /** Absent: one is created from `@temporalio/envconfig` (TEMPORAL_ADDRESS, profile file), and `close` closes it. */
  readonly connection?: ConnectionLike;
  /** Default: the namespace of the environment, else `default`. */
  readonly namespace?: string;
}

/** Typed access to the decommissions of one Temporal namespace. */
export interface DecommissionClient {
  /** The client of the Temporal SDK, for what this one does not offer. */
  readonly client: Client;
  /**
   * Starts the decommission that the request describes, or attaches to it when it is already running: services may repeat the call. The
   * request is the JSON object that the README documents; it is validated here, before anything is sent. JSON of another client, whose keys
   * may have older spellings, is accepted, too: pass it `as DecommissionRequestInput`.
   * @throws InvalidRequestError: the request is invalid.
   * @throws DifferentRequestError: the task is already running with another request.
   */
  start(request: DecommissionRequestInput, options?: StartOptions): Promise<DecommissionHandle>;
  /**
   * The same, and waits for the verdict of preflight (at most 300 s by default): `Go`, or why the task ends without a change. No verdict, but an
   * `obstacle`, when no worker responds or preflight is not finished in time; the decommission is started then, too. Repeat the call to wait
   * again.
   * @throws InvalidRequestError: the request is invalid.
   * @throws DifferentRequestError: the task is already running with another request.
   */
  startAndAwaitVerdict(request: DecommissionRequestInput, options?: VerdictOptions): Promise<StartedDecommission>;
  /**
   * Attaches by workflow id, or by cluster and task id.
   * @throws DecommissionNotFoundError: the namespace has no such workflow.
   */
  attach(target: string | { readonly cluster: string; readonly taskId: string }): Promise<DecommissionHandle>;
  /** The decommissions of the namespace, newest first, whoever started them; the list lags by about a second. */
  list(options?: ListOptions): Promise<readonly ListedDecommission[]>;
  /** Workers that polled the task queue in the last minutes, and the version that new work goes to; with a cluster, those that serve it. */
  readWorkers(cluster?: string): Promise<QueueWorkers>;
  /** Closes the connection if this client created it. */
  close(): Promise<void>;
}

/**
 * Creates a client; connects unless `client` or `connection` is given.
 * @throws DecommissionError `ServerUnreachable`: no connection within 10 s.
 */
export const createDecommissionClient = async (
  options: DecommissionClientOptions = {},
): Promise<DecommissionClient> => {
  const { client, close } = await openClient(options);
  return {
    client,
    close,
    start: (request, startOptions) => startDecommission(client, request, startOptions),
    startAndAwaitVerdict: (request, verdictOptions) => startAndAwaitVerdict(client, request, verdictOptions),
    attach: (target) => attachToDecommission(client, target),
    list: (listOptions) => listDecommissions(client, listOptions),
    readWorkers: (cluster) => readQueueWorkers(client, cluster),
  };
};

interface OpenedClient {
  readonly client: Client;
  readonly close: () => Promise<void>;
}

const openClient = async ({ client, connection, namespace }: DecommissionClientOptions): Promise<OpenedClient> => {
  if (client !== undefined) return { client, close: () => Promise.resolve() };
  const fromEnvironment = loadClientConnectConfig();
  const chosen = namespace ?? fromEnvironment.namespace ?? 'default';
  if (connection !== undefined) {
    return { client: new Client({ connection, namespace: chosen }), close: () => Promise.resolve() };
  }
  const own = await connect(fromEnvironment.connectionOptions);
  return { client: new Client({ connection: own, namespace: chosen }), close: () => own.close() };
};

const connect = async (
  connectionOptions: ReturnType<typeof loadClientConnectConfig>['connectionOptions'],
): Promise<Connection> => {
  try {
    return await Connection.connect(connectionOptions);
  } catch {
    // The SDK's error repeats the connection options, including credentials.
    throw new DecommissionError(
      'ServerUnreachable',
      `cannot connect to the Temporal server at ${connectionOptions.address ?? 'localhost:7233'}: ` +
        'check TEMPORAL_ADDRESS, TEMPORAL_PROFILE, the TLS settings and the API key, and that the server is running.',
    );
  }
};

import { Connection } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { createDecommissionClient, type DecommissionClient } from '../client/decommission-client.ts';
import { CliFailure } from './cli-failure.ts';
import { readLiveServer, toServerAddress, toUiAddress } from './embedded/server-record.ts';
import { toStateDirectory } from './embedded/state-directory.ts';

/** A Temporal server and how it was found. */
export interface TemporalPlace {
  readonly connectionOptions: ReturnType<typeof loadClientConnectConfig>['connectionOptions'];
  readonly address: string;
  readonly namespace: string;
  /** `configured`: environment or profile · `embedded`: the server of the state directory · `default`: localhost:7233. */
  readonly source: 'configured' | 'embedded' | 'default';
  /** Known for the embedded server, or set by NODE_DECOMMISSION_TEMPORAL_UI: the server does not report it. */
  readonly uiAddress?: string;
}

const DEFAULT_ADDRESS = 'localhost:7233';

/** The server set in the environment or in the profile file of `@temporalio/envconfig`; undefined when neither sets one. */
export const readConfiguredPlace = (environment: NodeJS.ProcessEnv): TemporalPlace | undefined => {
  const { connectionOptions, namespace } = loadEnvironment();
  const { address } = connectionOptions;
  if (address === undefined || address === '') return undefined;
  const uiAddress = environment['NODE_DECOMMISSION_TEMPORAL_UI']?.replace(/\/+$/, '') ?? '';
  const place = { connectionOptions, address, namespace: namespace ?? 'default', source: 'configured' } as const;
  return uiAddress === '' ? place : { ...place, uiAddress };
};

/** The configured server, else the running one of the state directory, else Temporal's default address. */
export const readPlace = async (environment: NodeJS.ProcessEnv): Promise<TemporalPlace> => {
  const configured = readConfiguredPlace(environment);
  if (configured !== undefined) return configured;
  const server = await readLiveServer(toStateDirectory(environment).serverFile);
  if (server !== undefined) return toEmbeddedPlace(toServerAddress(server), toUiAddress(server));
  return {
    connectionOptions: { address: DEFAULT_ADDRESS },
    address: DEFAULT_ADDRESS,
    namespace: loadEnvironment().namespace ?? 'default',
    source: 'default',
  };
};

export const toEmbeddedPlace = (address: string, uiAddress: string): TemporalPlace => ({
  connectionOptions: { address },
  address,
  uiAddress,
  namespace: 'default',
  source: 'embedded',
});

/**
 * A client for that server.
 * @throws CliFailure `ServerUnreachable`: no connection within 10 s, or 2 s for the default address.
 */
export const connectClient = async (
  place: TemporalPlace,
  environment: NodeJS.ProcessEnv,
): Promise<DecommissionClient> => {
  const connection = await connect(place, environment);
  const client = await createDecommissionClient({ connection, namespace: place.namespace });
  return { ...client, close: () => connection.close() };
};

const connect = async (place: TemporalPlace, environment: NodeJS.ProcessEnv): Promise<Connection> => {
  try {
    const connectTimeout = place.source === 'default' ? '2 seconds' : '10 seconds';
    return await Connection.connect({ ...place.connectionOptions, connectTimeout });
  } catch {
    // The SDK's error repeats the connection options, including credentials.
    throw new CliFailure('ServerUnreachable', toUnreachableSentence(place, environment), 1);
  }
};

const toUnreachableSentence = ({ source, address }: TemporalPlace, environment: NodeJS.ProcessEnv): string => {
  if (source !== 'default') {
    return `cannot connect to the Temporal server at ${address}: check TEMPORAL_ADDRESS, TEMPORAL_PROFILE, the TLS settings and the API key, and that the server is running.`;
  }
  return (
    `no Temporal server found: TEMPORAL_ADDRESS is not set, no \`run\` is active in ${toStateDirectory(environment).path}, and nothing responds at ${address}. ` +
    'Set TEMPORAL_ADDRESS. To continue a suspended `run`, repeat its command.'
  );
};

const loadEnvironment = (): ReturnType<typeof loadClientConnectConfig> => {
  try {
    return loadClientConnectConfig();
  } catch {
    throw new CliFailure(
      'Usage',
      'cannot read the Temporal settings: check the profile file (TEMPORAL_CONFIG_FILE), TEMPORAL_PROFILE and the TEMPORAL_TLS_* variables.',
      2,
    );
  }
};

/** The page of a decommission in the Temporal UI; only its path when the UI's address is unknown. */
export const toUiHint = (place: TemporalPlace, workflowId: string): string => {
  const path = `/namespaces/${place.namespace}/workflows/${encodeURIComponent(workflowId)}`;
  return place.uiAddress === undefined ? `Path in the Temporal UI: ${path}` : `Temporal UI: ${place.uiAddress}${path}`;
};

import type { DecommissionClient } from '../client/decommission-client.ts';
import type { CliContext } from './cli-context.ts';
import { CliFailure, type ExitStatus } from './cli-failure.ts';
import { connectClient, readPlace } from './connect-temporal.ts';

/** Runs `use` with a client of the Temporal server that the environment selects, and always closes it. */
export const withClient = async (
  context: CliContext,
  use: (client: DecommissionClient) => Promise<ExitStatus>,
): Promise<ExitStatus> => {
  const client = await connectClient(await readPlace(context.environment), context.environment);
  try {
    return await use(client);
  } finally {
    await client.close();
  }
};

/** The same for what also works without Temporal: `use` gets no client when the server cannot be reached. */
export const withReachableClient = async <Result>(
  context: CliContext,
  use: (client: DecommissionClient | undefined) => Promise<Result>,
): Promise<Result> => {
  let client: DecommissionClient | undefined;
  try {
    client = await connectClient(await readPlace(context.environment), context.environment);
  } catch (error) {
    if (!(error instanceof CliFailure) || error.code !== 'ServerUnreachable') throw error;
  }
  try {
    return await use(client);
  } finally {
    await client?.close();
  }
};

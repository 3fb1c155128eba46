import type { DecommissionClient } from '../client/decommission-client.ts';
import type { CliContext } from './cli-context.ts';
import type { ExitStatus } from './cli-failure.ts';
import { connectClient, readPlace } from './connect-temporal.ts';

/** Runs `use` with a client of the server that this command line means, and closes it whatever comes. */
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

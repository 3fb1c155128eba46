import type { DecommissionClient } from '../../client/decommission-client.ts';
import type { DecommissionHandle } from '../../client/decommission-handle.ts';
import type { Configuration } from '../../config/configuration.ts';
import { loadConfiguration } from '../../config/load-configuration.ts';
import type { DecommissionReport } from '../../domain/run/report.ts';
import type { CliContext } from '../cli-context.ts';
import { followDecommission } from '../decommission/follow-decommission.ts';
import { readOpenDecommissions, toServedNote } from '../decommission/other-decommissions.ts';
import type { Output } from '../output.ts';
import type { RunSession } from './run-session.ts';
import { deliverReport } from '../decommission/deliver-report.ts';

/**
 * Cancels a `run` that nobody works on: brings up its server, sends the cancellation, and only then starts a worker, which has
 * everything put back and evicts nothing. Prints the report and writes it to disk. Undefined when a person interrupted: then it says how
 * to go on. Throws what `requestCancel` throws, before anything else has moved.
 */
export const cancelSuspended = async (
  requestCancel: (client: DecommissionClient) => Promise<DecommissionHandle>,
  output: Output,
  context: CliContext,
): Promise<DecommissionReport | undefined> => {
  const configuration = withoutEvictions(loadConfiguration({ environment: context.environment }));
  output.note('No `run` is at work here, so this command does the undo itself and waits for it.');
  // Loaded when needed only: the Kubernetes client and the worker take a second that the other verbs need not wait for.
  const { withRunSession } = await import('./run-session.ts');
  return withRunSession(context, configuration, output.note, (session) =>
    undoInSession(session, requestCancel, output, context),
  );
};

/**
 * Sends the cancellation, tells what else the worker goes on with, starts it, and stays to the end. Undefined when a person interrupted.
 * Throws what `requestCancel` throws before anything else.
 */
export const undoInSession = async (
  { client, startWorker }: RunSession,
  requestCancel: (client: DecommissionClient) => Promise<DecommissionHandle>,
  output: Output,
  context: CliContext,
): Promise<DecommissionReport | undefined> => {
  const handle = await requestCancel(client);
  const servedNote = toServedNote(await readOpenDecommissions(client), handle.workflowId);
  if (servedNote !== undefined) output.note(servedNote);
  await startWorker();
  const { settled } = await followDecommission(handle, output, context.interruption);
  if (settled) return deliverReport(handle, output, context);
  output.note(
    `Suspended: not everything is put back yet. \`${context.programName} cancel ${handle.workflowId}\` again goes on with it.`,
  );
  return undefined;
};

/**
 * The suspended evictions come back with the worker, to tell what became of their pods, and hear of the cancellation with a heartbeat
 * only, seconds later: time enough to empty the node.
 */
const withoutEvictions = (configuration: Configuration): Configuration => ({
  ...configuration,
  limits: { ...configuration.limits, maxConcurrentEvictions: 0 },
});

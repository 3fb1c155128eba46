import type { DecommissionClient } from '../../client/decommission-client.ts';
import type { DecommissionHandle } from '../../client/decommission-handle.ts';
import type { Configuration } from '../../config/configuration.ts';
import type { DecommissionReport } from '../../domain/run/report.ts';
import type { CliContext } from '../cli-context.ts';
import { loadClusterConfiguration, type ClusterOptions } from '../cluster-options.ts';
import { followDecommission } from '../decommission/follow-decommission.ts';
import { readOpenDecommissions, toServedNote } from '../decommission/other-decommissions.ts';
import type { Output } from '../output.ts';
import type { RunSession } from './run-session.ts';
import { deliverReport } from '../decommission/deliver-report.ts';

/**
 * Cancels a suspended `run`: starts its server, sends the cancellation, and only then starts a worker, which undoes the changes and evicts
 * nothing. Prints the report and writes it to disk. Undefined when an operator interrupted; a note then names the next command.
 *
 * @throws CliFailure `Usage`: the context of the cluster does not exist.
 * @throws DecommissionError of `requestCancel`, before a worker is started.
 */
export const cancelSuspended = async (
  requestCancel: (client: DecommissionClient) => Promise<DecommissionHandle>,
  output: Output,
  context: CliContext,
  options: ClusterOptions & { readonly cluster: string },
): Promise<DecommissionReport | undefined> => {
  const configuration = withoutEvictions(loadClusterConfiguration(context, options.cluster, options));
  // Loaded here, because the Kubernetes client and the worker take a second, which the other verbs do not need.
  const { openCluster } = await import('../open-cluster.ts');
  const { withRunSession } = await import('./run-session.ts');
  // Without flags, `--cluster` may not be the cluster of a decommission that is named by its workflow id.
  if (options.kubeconfig !== undefined || options.context !== undefined) openCluster(configuration, options.cluster);
  output.note('The `run` is suspended, so this command does the undo itself and waits for it.');
  return withRunSession(context, configuration, output.note, (session) =>
    undoInSession(session, requestCancel, output, context),
  );
};

/**
 * Sends the cancellation, notes which other decommissions the worker serves, starts it, and waits for the end. Undefined when an operator
 * interrupted.
 *
 * @throws DecommissionError of `requestCancel`, before a worker is started.
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
    `Suspended: the undo of ${handle.workflowId} is not complete. To continue, run the same \`${context.programName} cancel\` again.`,
  );
  return undefined;
};

/**
 * With the worker the suspended evictions resume, and receive the cancellation only with a heartbeat, seconds later: enough time to empty
 * the node.
 */
const withoutEvictions = (configuration: Configuration): Configuration => ({
  ...configuration,
  limits: { ...configuration.limits, maxConcurrentEvictions: 0 },
});

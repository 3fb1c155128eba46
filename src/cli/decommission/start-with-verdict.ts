import type { DecommissionClient } from '../../client/decommission-client.ts';
import type { DecommissionHandle } from '../../client/decommission-handle.ts';
import type { VerdictAnswer } from '../../client/start/await-verdict.ts';
import type { ClusterAddress } from '../../domain/cluster/facts.ts';
import type { CliContext } from '../cli-context.ts';
import type { ExitStatus } from '../cli-failure.ts';
import { toExitCode } from '../exit-code.ts';
import { toAddressLines } from '../format/address-text.ts';
import { toFittingText } from '../format/fitting-text.ts';
import { formatVerdict } from '../format/format-plan.ts';
import type { Output } from '../output.ts';
import type { GivenRequest } from '../request/request-from-options.ts';
import { describeMissingWorker } from './describe-missing-worker.ts';

/**
 * Starts a decommission, or attaches to it, and prints the verdict of its preflight. Exit status: 0 for `Go`, that of the outcome for a task
 * that ends without a change, 1 when there is no verdict yet, 130 when interrupted. In the last two cases it is started and continues.
 */
export const startWithVerdict = async (
  client: Pick<DecommissionClient, 'startAndAwaitVerdict' | 'readWorkers' | 'client'>,
  { input, request }: Pick<GivenRequest, 'input' | 'request'>,
  onStarted: (handle: DecommissionHandle) => void,
  output: Output,
  { interruption, programName }: Pick<CliContext, 'interruption' | 'programName'>,
): Promise<ExitStatus> => {
  let missing: string | undefined;
  const noteStarted = async (handle: DecommissionHandle): Promise<void> => {
    onStarted(handle);
    missing = await describeMissingWorker(client, request.cluster, programName);
    if (missing !== undefined) output.note(missing);
  };
  const started = await client.startAndAwaitVerdict(input, { signal: interruption, onStarted: noteStarted });
  const { handle, verdict, obstacle } = started;
  if (obstacle !== undefined && missing === undefined) output.note(`No verdict of preflight yet: ${obstacle}`);
  printStart(handle, { ...started, clusterAddress: verdict?.clusterAddress }, output);
  if (verdict === undefined) return interruption.aborted ? 130 : 1;
  return verdict.verdict === 'Go' ? 0 : toExitCode(verdict.verdict);
};

/** `Started` or `Attached to`, and the workflow id. Pure. */
export const toStartedLine = ({ attached, workflowId }: Pick<DecommissionHandle, 'attached' | 'workflowId'>): string =>
  `${attached ? 'Attached to' : 'Started'} ${workflowId}`;

/** Prints what was started and what is known of it. */
export const printStart = (
  { workflowId, runId, attached }: Pick<DecommissionHandle, 'workflowId' | 'runId' | 'attached'>,
  { clusterAddress, verdict, obstacle }: VerdictAnswer & { readonly clusterAddress?: ClusterAddress | undefined },
  output: Output,
): void => {
  const value = {
    workflowId,
    runId,
    attached,
    ...(clusterAddress && { clusterAddress }),
    ...(verdict && { verdict }),
    ...(obstacle !== undefined && { obstacle }),
  };
  output.result(value, (paint) => {
    if (output.format === 'name') return workflowId;
    const lines = [toStartedLine({ attached, workflowId }), ...toAddressLines(clusterAddress)];
    return [...lines, ...(verdict ? [toFittingText(formatVerdict(verdict, paint), output.columns)] : [])].join('\n');
  });
};

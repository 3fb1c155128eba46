import type { DecommissionHandle } from '../../client/decommission-handle.ts';
import type { JoinedStatus } from '../../client/join-status.ts';
import type { DecommissionRequest } from '../../domain/request/decommission-request.ts';
import { toExitCode } from '../exit-code.ts';
import { toDryRunWorkflowId, toTaskWorkflowId } from '../../domain/run/workflow-ids.ts';
import type { AddVerb, CliContext } from '../cli-context.ts';
import type { ExitStatus } from '../cli-failure.ts';
import {
  addClusterOptions,
  loadClusterConfiguration,
  toClusterWords,
  type ClusterOptions,
} from '../cluster-options.ts';
import { toUiHint } from '../connect-temporal.ts';
import { readDefaultRequester } from '../request/default-requester.ts';
import { toStateDirectory } from '../embedded/state-directory.ts';
import { followDecommission, type Following } from '../decommission/follow-decommission.ts';
import { toAddressText } from '../format/address-text.ts';
import { toNextDeadline } from '../format/next-deadline.ts';
import { readOpenDecommissions, refuseBesideOthers } from '../decommission/other-decommissions.ts';
import type { Output } from '../output.ts';
import { addRequestFlags } from '../request/request-flags.ts';
import { readGivenRequest, type GivenRequest, type RequestOptions } from '../request/request-from-options.ts';
import type { RunSession } from '../embedded/run-session.ts';
import { deliverReport } from '../decommission/deliver-report.ts';
import { addOutputOption, addPlanOption } from './verb-options.ts';

/** `run`: everything in one process tree; the same command resumes the same drain. */
export const addRunVerb: AddVerb = (program, context, act) => {
  const command = program
    .command('run')
    .description(
      'decommission nodes with an embedded Temporal server and worker; the same command resumes an interrupted run',
    )
    .argument('[nodes...]', 'names of the nodes')
    .option('--by <name>', 'who requests it (default: your user name)');
  addOutputOption(addClusterOptions(addPlanOption(addRequestFlags(command)))).action(
    act(async (output, options: RequestOptions & ClusterOptions, nodeNames: readonly string[]) => {
      const given = await readGivenRequest(nodeNames, options, context);
      const { cluster: clusterName } = given.request;
      const configuration = loadClusterConfiguration(context, clusterName, options);
      // Loaded here, because the Kubernetes client and the worker take a second, which the other verbs do not need.
      const { withRunSession } = await import('../embedded/run-session.ts');
      const { openCluster } = await import('../open-cluster.ts');
      const address = await openCluster(configuration, clusterName).readAddress();
      output.note(`Cluster ${clusterName}: ${toAddressText(address)}`);
      return withRunSession(context, configuration, output.note, (session) =>
        runToEnd(session, given, output, context, toClusterWords(clusterName, options)),
      );
    }),
  );
};

/**
 * Starts or resumes the decommission and waits for its end. The worker serves every open decommission of its server, so on an embedded
 * server nothing is started beside others. `clusterWords`: the cluster flags, for the command that cancels it.
 *
 * @throws CliFailure `OthersSuspended`: other decommissions are open on the embedded server; lists them.
 * @throws DecommissionError `DifferentRequest`: it is open with another request.
 */
export const runToEnd = async (
  session: RunSession,
  given: GivenRequest,
  output: Output,
  context: CliContext,
  clusterWords = '',
): Promise<ExitStatus> => {
  if (isInterrupted(context)) return reportNothingStarted(output);
  const isSuspended = await isSuspendedAlone(session, toWorkflowId(given.request), context);
  // Attached first: a request that differs is refused before a worker continues with the suspended one.
  const suspended = isSuspended ? await session.client.start(given.input) : undefined;
  const worker = await session.startWorker();
  if (isInterrupted(context)) return reportNothingStarted(output);
  const handle = suspended ?? (await session.client.start(given.input));
  output.note(`${handle.attached ? 'Resuming' : 'Started'} ${handle.workflowId}`);
  output.note(toUiHint(session.place, handle.workflowId));
  if (handle.attached) await wakeIfParked(handle, readDefaultRequester(context.environment), context.interruption);
  const following = await Promise.race([
    followDecommission(handle, output, context.interruption),
    worker.ended.then((): Following => ({ settled: false })),
  ]);
  if (!following.settled) {
    output.note(
      toSuspendedSentence(following.status, `${context.programName} cancel ${handle.workflowId}${clusterWords}`),
    );
    return 130;
  }
  return toExitCode((await deliverReport(handle, output, context)).outcome);
};

/**
 * True when this decommission is open on the server of the state directory.
 *
 * @throws CliFailure `OthersSuspended`: others are open there.
 */
const isSuspendedAlone = async (
  { client, place }: RunSession,
  workflowId: string,
  { environment, programName }: CliContext,
): Promise<boolean> => {
  if (place.source !== 'embedded') return false;
  const open = await readOpenDecommissions(client);
  refuseBesideOthers(open, workflowId, { statePath: toStateDirectory(environment).path, programName });
  return open.some((each) => each.workflowId === workflowId);
};

const toWorkflowId = ({ cluster, taskId, dryRun }: DecommissionRequest): string =>
  (dryRun ? toDryRunWorkflowId : toTaskWorkflowId)(cluster, taskId);

const isInterrupted = ({ interruption }: CliContext): boolean => interruption.aborted;

const reportNothingStarted = (output: Output): ExitStatus => {
  output.note('Interrupted: nothing was started. Decommissions of an earlier `run` stay suspended.');
  return 130;
};

/** Resumes a parked run: with the command an operator asks for it. The worker was just started, so the first reads may find none. */
export const wakeIfParked = async (handle: DecommissionHandle, by: string, signal: AbortSignal): Promise<void> => {
  for await (const status of handle.progress({ signal, onTrouble: () => undefined })) {
    if (status.phase === 'NeedsOperator') await handle.resume({ by, reason: 'the run command was repeated' });
    return;
  }
};

/** What a suspended run leaves on the cluster, and how to continue. `cancelCommand`: as an operator types it. Pure. */
export const toSuspendedSentence = (status: JoinedStatus | undefined, cancelCommand: string): string => {
  const cordoned = status?.nodes.filter(isCordonedByUs).map(({ nodeName }) => nodeName) ?? [];
  const [first, ...others] = cordoned;
  const nodes = others.length > 0 ? `nodes ${cordoned.join(', ')} are` : `node ${first ?? ''} is`;
  const state = first === undefined ? 'no node is known to be cordoned' : `${nodes} still cordoned`;
  return `Suspended: ${state}. To continue, run the same command again${toTimeLeft(status)}. To undo all changes, run \`${cancelCommand}\`.`;
};

const toTimeLeft = (status: JoinedStatus | undefined): string => {
  const deadline = status === undefined ? undefined : toNextDeadline(status);
  return deadline === undefined ? '' : ` before ${deadline}, when the drain times out and is undone`;
};

const isCordonedByUs = ({ outcome, steps }: JoinedStatus['nodes'][number]): boolean =>
  outcome === undefined && steps.some(({ name, status }) => name === 'cordon' && status === 'Succeeded');

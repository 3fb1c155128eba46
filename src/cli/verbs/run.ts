import type { DecommissionHandle } from '../../client/decommission-handle.ts';
import type { JoinedStatus } from '../../client/join-status.ts';
import { loadConfiguration } from '../../config/load-configuration.ts';
import type { DecommissionRequest } from '../../domain/request/decommission-request.ts';
import { toExitCode } from '../exit-code.ts';
import { toDryRunWorkflowId, toTaskWorkflowId } from '../../domain/run/workflow-ids.ts';
import type { AddVerb, CliContext } from '../cli-context.ts';
import type { ExitStatus } from '../cli-failure.ts';
import { toUiHint } from '../connect-temporal.ts';
import { readDefaultRequester } from '../request/default-requester.ts';
import { toStateDirectory } from '../embedded/state-directory.ts';
import { followDecommission, type Following } from '../decommission/follow-decommission.ts';
import { toNextDeadline } from '../format/next-deadline.ts';
import { readOpenDecommissions, refuseBesideOthers } from '../decommission/other-decommissions.ts';
import type { Output } from '../output.ts';
import { addRequestFlags } from '../request/request-flags.ts';
import { readGivenRequest, type GivenRequest, type RequestOptions } from '../request/request-from-options.ts';
import type { RunSession } from '../embedded/run-session.ts';
import { deliverReport } from '../decommission/deliver-report.ts';
import { addOutputOption } from './verb-options.ts';

/** `run`: everything in one process tree; the same command again goes on with the same drain. */
export const addRunVerb: AddVerb = (program, context, act) => {
  const command = program
    .command('run')
    .description('decommission nodes with everything embedded; interrupted or killed, the same command goes on with it')
    .argument('[nodes...]', 'names of the nodes')
    .option('--by <name>', 'who asks for it (default: your user name)');
  addOutputOption(addRequestFlags(command)).action(
    act(async (output, options: RequestOptions, nodeNames: readonly string[]) => {
      const given = await readGivenRequest(nodeNames, options, context);
      const configuration = loadConfiguration({ environment: context.environment });
      // Loaded when needed only: the Kubernetes client and the worker take a second that the other verbs need not wait for.
      const { withRunSession } = await import('../embedded/run-session.ts');
      return withRunSession(context, configuration, output.note, (session) =>
        runToEnd(session, given, output, context),
      );
    }),
  );
};

/**
 * Starts the decommission, or goes on with it, and stays to its end. Its worker serves every open decommission of its server, so on one
 * of our own it starts nothing beside others. Throws a failure that names them, and what the client and the worker throw.
 */
export const runToEnd = async (
  session: RunSession,
  given: GivenRequest,
  output: Output,
  context: CliContext,
): Promise<ExitStatus> => {
  if (isInterrupted(context)) return reportNothingStarted(output);
  const isSuspended = await isSuspendedAlone(session, toWorkflowId(given.request), context);
  // Attached first: a request that differs is refused before a worker goes on with the suspended one.
  const suspended = isSuspended ? await session.client.start(given.input) : undefined;
  const worker = await session.startWorker();
  if (isInterrupted(context)) return reportNothingStarted(output);
  const handle = suspended ?? (await session.client.start(given.input));
  output.note(`${handle.attached ? 'Going on with' : 'Started'} ${handle.workflowId}`);
  output.note(toUiHint(session.place, handle.workflowId));
  if (handle.attached) await wakeIfParked(handle, readDefaultRequester(context.environment), context.interruption);
  const following = await Promise.race([
    followDecommission(handle, output, context.interruption),
    worker.ended.then((): Following => ({ settled: false })),
  ]);
  if (!following.settled) {
    output.note(toSuspendedSentence(following.status, handle.workflowId, context.programName));
    return 130;
  }
  return toExitCode((await deliverReport(handle, output, context)).outcome);
};

/** Whether this decommission is open on the server of the state directory. Throws when others are. */
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
  output.note('Interrupted: nothing was started. What an earlier `run` left open is suspended as before.');
  return 130;
};

/**
 * A run that waits for a person has one again: the command was given once more. The worker was started a moment ago, so the first looks
 * may find none.
 */
export const wakeIfParked = async (handle: DecommissionHandle, by: string, signal: AbortSignal): Promise<void> => {
  for await (const status of handle.progress({ signal, onTrouble: () => undefined })) {
    if (status.phase === 'NeedsOperator') await handle.resume({ by, reason: 'the run command was given again' });
    return;
  }
};

/** Says what stays as it is on the cluster until somebody goes on. Pure. */
export const toSuspendedSentence = (
  status: JoinedStatus | undefined,
  workflowId: string,
  programName: string,
): string => {
  const cordoned = status?.nodes.filter(isCordonedByUs).map(({ nodeName }) => nodeName) ?? [];
  const [first, ...others] = cordoned;
  const nodes = others.length > 0 ? `nodes ${cordoned.join(', ')} are` : `node ${first ?? ''} is`;
  const state = first === undefined ? 'no node was seen cordoned by it' : `${nodes} still cordoned`;
  return `Suspended: ${state}. Run the same command again to go on${toTimeLeft(status)}, or \`${programName} cancel ${workflowId}\` to put everything back.`;
};

const toTimeLeft = (status: JoinedStatus | undefined): string => {
  const deadline = status === undefined ? undefined : toNextDeadline(status);
  return deadline === undefined ? '' : ` (the drain has time until ${deadline}; after that, it is put back)`;
};

const isCordonedByUs = ({ outcome, steps }: JoinedStatus['nodes'][number]): boolean =>
  outcome === undefined && steps.some(({ name, status }) => name === 'cordon' && status === 'Succeeded');

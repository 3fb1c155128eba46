import type { DecommissionHandle } from '../../client/decommission-handle.ts';
import type { JoinedStatus } from '../../client/join-status.ts';
import type { DecommissionRequest } from '../../domain/request/decommission-request.ts';
import { toExitCode } from '../exit-code.ts';
import { toDryRunWorkflowId, toTaskWorkflowId } from '../../domain/run/workflow-ids.ts';
import type { AddVerb, CliContext } from '../cli-context.ts';
import type { ExitStatus } from '../cli-failure.ts';
import { addClusterOptions, loadClusterConfiguration, toClusterWords } from '../cluster-options.ts';
import { toUiHint, type TemporalPlace } from '../connect-temporal.ts';
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
import {
  addExamples,
  addNodeArguments,
  addOutputOption,
  addPlanOption,
  addStreamOption,
  addYesOption,
  type Example,
} from './verb-options.ts';
import {
  confirmRequest,
  needsConfirmation,
  readsStandardInput,
  type ConfirmationOptions,
} from '../confirmation/confirm-request.ts';

const EXAMPLES: readonly Example[] = [
  [
    'run worker-7 --host-cleanup skip',
    'no SSH: the machine of a managed pool, which you delete at your provider afterwards',
  ],
  ['run worker-7 --reason "disk errors"', 'also clean the host over SSH; NODE_DECOMMISSION_CONFIG has its settings'],
  ['run -l pool=old --max-concurrent-nodes 2 --context prod', 'a whole pool, two nodes at once'],
  ['run worker-7 --ignore-daemonsets --delete-emptydir-data --grace-period 30 --timeout 10m', 'as with kubectl drain'],
  ['run -f request.yaml -o json --stream', 'for a program: one JSON object per line, the report last'],
];

/** `run`: everything in one process tree; the same command resumes the same drain. */
export const addRunVerb: AddVerb = (program, context, act) => {
  const command = program
    .command('run')
    .description(
      'decommission nodes with an embedded Temporal server and worker; the same command resumes an interrupted run',
    )
    .option('--by <name>', 'who requests it (default: your user name)');
  addRequestFlags(addPlanOption(addNodeArguments(command)));
  addYesOption(command);
  addStreamOption(addOutputOption(addClusterOptions(command)));
  addExamples(command, context.programName, EXAMPLES).action(
    act(async (output, options: RequestOptions & ConfirmationOptions, words: readonly string[]) => {
      const given = await readGivenRequest(words, options, context);
      noteSelected(given, options, output, context.programName);
      const { request } = given;
      const { cluster: clusterName } = request;
      const inputIsRead = readsStandardInput(words, [options.file, options.plan]);
      const asks = needsConfirmation(request, options, context, inputIsRead);
      const configuration = loadClusterConfiguration(context, clusterName, options);
      // Loaded here, because the Kubernetes client and the worker take a second, which the other verbs do not need.
      const { withRunSession } = await import('../embedded/run-session.ts');
      const { openCluster } = await import('../open-cluster.ts');
      const address = await openCluster(configuration, clusterName).readAddress();
      output.note(`Cluster ${clusterName}: ${toAddressText(address)}`);
      const confirmStart = async (): Promise<ExitStatus | undefined> => {
        if (!asks) return undefined;
        const { readPlan } = await import('../../inspect/read-plan.ts');
        const plan = await readPlan({ configuration, request, connectsToHosts: false, now: Date.now() });
        return await confirmRequest(request, plan, output, context);
      };
      return withRunSession(context, configuration, output.note, (session) =>
        runToEnd(session, given, output, context, {
          clusterWords: toClusterWords(clusterName, options),
          confirmStart,
        }),
      );
    }),
  );
};

export interface RunOptions {
  /** The cluster flags, for the command that cancels it. */
  readonly clusterWords?: string;
  /** Before anything is started; not asked when a suspended decommission is continued. Undefined: continue, else the exit status. */
  readonly confirmStart?: () => Promise<ExitStatus | undefined>;
}

/** A selector selects fewer nodes once some are deleted: then the same command line would describe another task. */
const noteSelected = (
  { request }: GivenRequest,
  { selector }: RequestOptions,
  output: Output,
  programName: string,
): void => {
  if (selector === undefined) return;
  const names = request.nodeNames.join(' ');
  output.note(`${selector} selects ${names}. To resume this run later, name them: ${programName} run ${names}`);
};

/**
 * Starts or resumes the decommission and waits for its end. The worker serves every open decommission of its server, so on an embedded
 * server nothing is started beside others.
 *
 * @throws CliFailure `OthersSuspended`: other decommissions are open on the embedded server; lists them.
 * @throws DecommissionError `DifferentRequest`: it is open with another request.
 */
export const runToEnd = async (
  session: RunSession,
  given: GivenRequest,
  output: Output,
  context: CliContext,
  options: RunOptions = {},
): Promise<ExitStatus> => {
  if (isInterrupted(context)) return reportNothingStarted(output);
  const suspended = await attachToSuspended(session, given, context);
  const declined = suspended === undefined ? await options.confirmStart?.() : undefined;
  if (declined !== undefined) return declined;
  const worker = await session.startWorker();
  if (isInterrupted(context)) return reportNothingStarted(output);
  const handle = suspended ?? (await session.client.start(given.input));
  await introduce(handle, session.place, output, context);
  const following = await Promise.race([
    followDecommission(handle, output, context.interruption),
    worker.ended.then((): Following => ({ settled: false })),
  ]);
  if (following.settled) return toExitCode((await deliverReport(handle, output, context)).outcome);
  const cancelCommand = `${context.programName} cancel ${handle.workflowId}${options.clusterWords ?? ''}`;
  output.note(toSuspendedSentence(following.status, cancelCommand));
  return 130;
};

const introduce = async (
  handle: DecommissionHandle,
  place: TemporalPlace,
  output: Output,
  { environment, interruption }: CliContext,
): Promise<void> => {
  output.note(`${handle.attached ? 'Resuming' : 'Started'} ${handle.workflowId}`);
  output.note(toUiHint(place, handle.workflowId));
  if (handle.attached) await wakeIfParked(handle, readDefaultRequester(environment), interruption);
};

/** Before any worker is started: a request that differs is refused before a worker continues with the suspended one. */
const attachToSuspended = async (
  session: RunSession,
  { input, request }: GivenRequest,
  context: CliContext,
): Promise<DecommissionHandle | undefined> =>
  (await isSuspendedAlone(session, toWorkflowId(request), context)) ? await session.client.start(input) : undefined;

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

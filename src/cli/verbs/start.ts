import { toExitCode } from '../exit-code.ts';
import type { AddVerb, CliContext } from '../cli-context.ts';
import type { ExitStatus } from '../cli-failure.ts';
import type { Output } from '../output.ts';
import type { DecommissionClient } from '../../client/decommission-client.ts';
import type { DecommissionHandle } from '../../client/decommission-handle.ts';
import { parseTaskWorkflowId, toTaskWorkflowId } from '../../domain/run/workflow-ids.ts';
import { connectClient, readPlace, toUiHint } from '../connect-temporal.ts';
import { addRequestFlags } from '../request/request-flags.ts';
import { readGivenRequest, type GivenRequest, type RequestOptions } from '../request/request-from-options.ts';
import { awaitClusterAddress } from '../decommission/await-cluster-address.ts';
import { describeMissingWorker } from '../decommission/describe-missing-worker.ts';
import { printStart, startWithVerdict, toStartedLine } from '../decommission/start-with-verdict.ts';
import { watchToEnd } from '../decommission/watch-to-end.ts';
import { addClusterOptions } from '../cluster-options.ts';
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
import { readWorkersPlan } from '../confirmation/read-workers-plan.ts';
import { isOpen } from '../decommission/other-decommissions.ts';

const EXAMPLES: readonly Example[] = [
  ['start worker-7 --host-cleanup skip --reason "disk errors"', 'start, and print the verdict of preflight'],
  ['start worker-7 --host-cleanup skip --reason "disk errors" --wait', 'start, and watch it to its end'],
  ['start -f request.yaml', 'the request as a file'],
  ['start --plan plan.json', 'exactly what `plan --out plan.json` showed'],
  ['start worker-{1..40} --max-concurrent-nodes 10 --one-zone-at-a-time', 'forty nodes, ten at once'],
];

interface StartVerbOptions extends RequestOptions, ConfirmationOptions {
  /** Absent: until the verdict of preflight. */
  readonly wait?: boolean;
}

/** `start`: starts on a Temporal server, or attaches to the same request that is already running there. */
export const addStartVerb: AddVerb = (program, context, act) => {
  const command = program
    .command('start')
    .description('start a decommission on a Temporal server, or attach to the same one that is already running there')
    .option('--by <name>', 'who requests it (default: your user name)')
    .option('--wait', 'watch it to its end; Ctrl-C ends only the watching (default: wait for the verdict of preflight)')
    .option('--no-wait', 'do not wait for the verdict of preflight');
  addRequestFlags(addPlanOption(addNodeArguments(command)));
  addYesOption(command);
  addClusterOptions(command, ' in which --selector selects nodes');
  addStreamOption(addOutputOption(command, { name: 'the workflow id' }));
  addExamples(command, context.programName, EXAMPLES).action(
    act(async (output, options: StartVerbOptions, words: readonly string[]) => {
      const given = await readGivenRequest(words, options, context);
      const inputIsRead = readsStandardInput(words, [options.file, options.plan]);
      const asks = needsConfirmation(given.request, options, context, inputIsRead);
      const place = await readPlace(context.environment);
      const client = await connectClient(place, context.environment);
      try {
        const declined = asks ? await confirmStart(client, given, output, context) : undefined;
        if (declined !== undefined) return declined;
        const onStarted = (handle: DecommissionHandle): void => {
          output.note(toUiHint(place, handle.workflowId));
        };
        if (options.wait === undefined) return await startWithVerdict(client, given, onStarted, output, context);
        const handle = await client.start(given.input);
        onStarted(handle);
        return options.wait
          ? await watchFromStart(handle, output, context)
          : await printStarted(client, handle, output, context);
      } finally {
        await client.close();
      }
    }),
  );
};

const watchFromStart = async (handle: DecommissionHandle, output: Output, context: CliContext): Promise<ExitStatus> => {
  output.note(toStartedLine(handle));
  const report = await watchToEnd(handle, output, context);
  return report === undefined ? 130 : toExitCode(report.outcome);
};

const printStarted = async (
  client: DecommissionClient,
  handle: DecommissionHandle,
  output: Output,
  { programName, interruption }: CliContext,
): Promise<ExitStatus> => {
  const missing = await describeMissingWorker(client, parseTaskWorkflowId(handle.workflowId)?.cluster, programName);
  if (missing !== undefined) output.note(missing);
  const clusterAddress = missing === undefined ? await awaitClusterAddress(handle, interruption) : undefined;
  printStart(handle, { clusterAddress }, output);
  return 0;
};

/** Not asked when the same decommission is already running: then nothing is started. */
const confirmStart = async (
  client: DecommissionClient,
  { request }: GivenRequest,
  output: Output,
  context: CliContext,
): Promise<ExitStatus | undefined> => {
  if (await isOpen(client, toTaskWorkflowId(request.cluster, request.taskId))) return undefined;
  output.note('The workers make the plan, which changes nothing.');
  const read = await readWorkersPlan(client, request, context);
  if ('missing' in read && !context.interruption.aborted) output.note(read.missing);
  return await confirmRequest(request, 'plan' in read ? read.plan : undefined, output, context);
};

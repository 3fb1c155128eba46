import { toExitCode } from '../exit-code.ts';
import type { AddVerb, CliContext } from '../cli-context.ts';
import type { ExitStatus } from '../cli-failure.ts';
import type { Output } from '../output.ts';
import type { DecommissionClient } from '../../client/decommission-client.ts';
import { parseTaskWorkflowId, toTaskWorkflowId } from '../../domain/run/workflow-ids.ts';
import { connectClient, readPlace, toUiHint } from '../connect-temporal.ts';
import { addRequestFlags } from '../request/request-flags.ts';
import { readGivenRequest, type GivenRequest, type RequestOptions } from '../request/request-from-options.ts';
import { awaitClusterAddress } from '../decommission/await-cluster-address.ts';
import { describeMissingWorker } from '../decommission/describe-missing-worker.ts';
import { watchToEnd } from '../decommission/watch-to-end.ts';
import { toAddressLines } from '../format/address-text.ts';
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
  ['start worker-7 --host-cleanup skip --reason "disk errors" --wait', 'start, and watch it to its end'],
  ['start -f request.yaml', 'the request as a file'],
  ['start --plan plan.json', 'exactly what `plan --out plan.json` showed'],
  ['start worker-{1..40} --max-concurrent-nodes 10 --one-zone-at-a-time', 'forty nodes, ten at once'],
];

interface StartVerbOptions extends RequestOptions, ConfirmationOptions {
  readonly wait?: boolean;
}

/** `start`: starts on a Temporal server, or attaches to the same request that is already running there. */
export const addStartVerb: AddVerb = (program, context, act) => {
  const command = program
    .command('start')
    .description('start a decommission on a Temporal server, or attach to the same one that is already running there')
    .option('--by <name>', 'who requests it (default: your user name)')
    .option('--wait', 'watch it to its end; Ctrl-C ends only the watching');
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
        const handle = await client.start(given.input);
        output.note(toUiHint(place, handle.workflowId));
        const { workflowId, runId, attached } = handle;
        const verb = attached ? 'Attached to' : 'Started';
        if (options.wait === true) {
          output.note(`${verb} ${workflowId}`);
          const report = await watchToEnd(handle, output, context);
          return report === undefined ? 130 : toExitCode(report.outcome);
        }
        const missing = await describeMissingWorker(
          client,
          parseTaskWorkflowId(workflowId)?.cluster,
          context.programName,
        );
        if (missing !== undefined) output.note(missing);
        const clusterAddress =
          missing === undefined ? await awaitClusterAddress(handle, context.interruption) : undefined;
        output.result(
          { workflowId, runId, attached, ...(clusterAddress === undefined ? {} : { clusterAddress }) },
          () =>
            output.format === 'name'
              ? workflowId
              : [`${verb} ${workflowId}`, ...toAddressLines(clusterAddress)].join('\n'),
        );
        return 0;
      } finally {
        await client.close();
      }
    }),
  );
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

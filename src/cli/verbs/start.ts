import { toExitCode } from '../exit-code.ts';
import type { AddVerb } from '../cli-context.ts';
import type { DecommissionClient } from '../../client/decommission-client.ts';
import { parseTaskWorkflowId } from '../../domain/run/workflow-ids.ts';
import { connectClient, readPlace, toUiHint } from '../connect-temporal.ts';
import { addRequestFlags } from '../request/request-flags.ts';
import { readGivenRequest, type RequestOptions } from '../request/request-from-options.ts';
import { awaitClusterAddress } from '../decommission/await-cluster-address.ts';
import { watchToEnd } from '../decommission/watch-to-end.ts';
import { toAddressLines } from '../format/address-text.ts';
import { addOutputOption, addPlanOption } from './verb-options.ts';

/** `start`: starts on a Temporal server, or attaches to the same request that is already running there. */
export const addStartVerb: AddVerb = (program, context, act) => {
  const command = program
    .command('start')
    .description('start a decommission on a Temporal server, or attach to the same one that is already running there')
    .argument('[nodes...]', 'names of the nodes')
    .option('--by <name>', 'who requests it (default: your user name)')
    .option('--wait', 'watch it to its end; Ctrl-C ends only the watching');
  addOutputOption(addPlanOption(addRequestFlags(command))).action(
    act(async (output, options: RequestOptions & { readonly wait?: boolean }, nodeNames: readonly string[]) => {
      const { input } = await readGivenRequest(nodeNames, options, context);
      const place = await readPlace(context.environment);
      const client = await connectClient(place, context.environment);
      try {
        const handle = await client.start(input);
        output.note(toUiHint(place, handle.workflowId));
        const { workflowId, runId, attached } = handle;
        const verb = attached ? 'Attached to' : 'Started';
        if (options.wait === true) {
          output.note(`${verb} ${workflowId}`);
          const report = await watchToEnd(handle, output, context);
          return report === undefined ? 130 : toExitCode(report.outcome);
        }
        const missing = await describeMissingWorker(client, workflowId, context.programName);
        if (missing !== undefined) output.note(missing);
        const clusterAddress =
          missing === undefined ? await awaitClusterAddress(handle, context.interruption) : undefined;
        output.result(
          { workflowId, runId, attached, ...(clusterAddress === undefined ? {} : { clusterAddress }) },
          () => [`${verb} ${workflowId}`, ...toAddressLines(clusterAddress)].join('\n'),
        );
        return 0;
      } finally {
        await client.close();
      }
    }),
  );
};

/** A note while no worker can begin with it; undefined when one can. */
const describeMissingWorker = async (
  client: DecommissionClient,
  workflowId: string,
  programName: string,
): Promise<string | undefined> => {
  const start = `\`${programName} worker\``;
  if ((await client.readWorkers()).length === 0) {
    return `No worker polls the task queue yet: it begins when one is started (${start}).`;
  }
  const cluster = parseTaskWorkflowId(workflowId)?.cluster;
  if (cluster === undefined || (await client.readWorkers(cluster)).length > 0) return undefined;
  return `No worker serves cluster "${cluster}" yet: it is refused unless one is started within half a minute (${start}).`;
};

import { access } from 'node:fs/promises';
import type { CancelAnswer } from '../../client/decommission-handle.ts';
import type { DecommissionClient } from '../../client/decommission-client.ts';
import type { DecommissionHandle } from '../../client/decommission-handle.ts';
import { toExitCode } from '../exit-code.ts';
import { DEFAULT_CLUSTER } from '../../domain/run/workflow-ids.ts';
import type { DecommissionReport } from '../../domain/run/report.ts';
import { cancelSuspended } from '../embedded/cancel-suspended.ts';
import type { AddVerb, CliContext } from '../cli-context.ts';
import type { ExitStatus } from '../cli-failure.ts';
import { addClusterOptions, type ClusterOptions } from '../cluster-options.ts';
import { readConfiguredPlace } from '../connect-temporal.ts';
import { readLiveServer } from '../embedded/server-record.ts';
import { readStateLockHolder } from '../embedded/state-lock.ts';
import { toStateDirectory } from '../embedded/state-directory.ts';
import { findDecommission } from '../decommission/find-decommission.ts';
import { toContinuingLines } from '../format/continuing-lines.ts';
import type { Output } from '../output.ts';
import { watchToEnd } from '../decommission/watch-to-end.ts';
import { withClient } from '../with-client.ts';
import {
  addAttributionOptions,
  addExamples,
  addOutputOption,
  addStreamOption,
  addTargetOptions,
  toAttribution,
  type AttributionOptions,
  type Example,
  type TargetOptions,
} from './verb-options.ts';

const EXAMPLES: readonly Example[] = [
  ['cancel worker-7 --reason "needed for the release" --wait', 'stop it and wait until its changes are undone'],
];

interface CancelOptions extends TargetOptions, AttributionOptions, ClusterOptions {
  readonly wait?: boolean;
}

/**
 * `cancel`: requests that a decommission stops and undoes its changes. For a suspended `run` it starts server and worker itself and
 * waits for the undo, because no other process would do it. Exit status 0 once the request is sent, or the undo is complete; 4, with the
 * reason, when nothing can be undone any more.
 */
export const addCancelVerb: AddVerb = (program, context, act) => {
  const command = addAttributionOptions(
    addTargetOptions(program.command('cancel').description('stop a decommission and undo its changes')),
  ).option('--wait', 'watch it until all changes are undone');
  addStreamOption(addOutputOption(addClusterOptions(command, ' of a suspended `run`')));
  addExamples(command, context.programName, EXAMPLES).action(
    act(async (output, options: CancelOptions, task: string | undefined) => {
      if (await isSuspendedRun(context)) {
        const requestCancel = async (client: DecommissionClient): Promise<DecommissionHandle> => {
          const { handle, answer } = await sendCancel(client, options, task, output, context);
          for (const line of toContinuingLines(answer)) output.note(line);
          return handle;
        };
        return toCancelStatus(
          await cancelSuspended(requestCancel, output, context, { cluster: DEFAULT_CLUSTER, ...options }),
        );
      }
      return withClient(context, async (client) =>
        followCancel(client, await sendCancel(client, options, task, output, context), output, options, context),
      );
    }),
  );
};

/** No server is configured, the state directory has the database of a `run`, and no process works on it now. */
const isSuspendedRun = async (context: CliContext): Promise<boolean> => {
  if (readConfiguredPlace(context.environment) !== undefined) return false;
  const state = toStateDirectory(context.environment);
  const hasDatabase = await access(state.databaseFile).then(
    () => true,
    () => false,
  );
  if (!hasDatabase) return false;
  const isWorked = (await readStateLockHolder(state.lockFile)) !== undefined;
  return !(isWorked && (await readLiveServer(state.serverFile)) !== undefined);
};

interface SentCancel {
  readonly handle: DecommissionHandle;
  readonly answer: CancelAnswer;
}

const sendCancel = async (
  client: DecommissionClient,
  options: CancelOptions,
  task: string | undefined,
  output: Output,
  context: CliContext,
): Promise<SentCancel> => {
  const handle = await findDecommission(client, { task, cluster: options.cluster }, output.note);
  return { handle, answer: await handle.cancel(toAttribution(options, context.environment)) };
};

const followCancel = async (
  client: DecommissionClient,
  { handle, answer }: SentCancel,
  output: Output,
  options: CancelOptions,
  context: CliContext,
): Promise<ExitStatus> => {
  const { workflowId } = handle;
  if (options.wait === true) for (const line of toContinuingLines(answer)) output.note(line);
  if (options.wait === true) return toCancelStatus(await watchToEnd(handle, output, context));
  if ((await client.readWorkers()).workers.length === 0) {
    output.note(
      `No worker polls the task queue: the undo starts once a worker runs (\`${context.programName} worker\`).`,
    );
  }
  output.result({ workflowId, cancelRequested: true, ...answer }, () =>
    [`Requested that ${workflowId} stops and undoes its changes.`, ...toContinuingLines(answer)].join('\n'),
  );
  return 0;
};

/** `Cancelled` is what was requested; any other outcome has its own status. Without a report an operator interrupted the command. */
const toCancelStatus = (report: DecommissionReport | undefined): ExitStatus => {
  if (report === undefined) return 130;
  return report.outcome === 'Cancelled' ? 0 : toExitCode(report.outcome);
};

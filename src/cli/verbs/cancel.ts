import { access } from 'node:fs/promises';
import type { DecommissionClient } from '../../client/decommission-client.ts';
import type { DecommissionHandle } from '../../client/decommission-handle.ts';
import { toExitCode } from '../exit-code.ts';
import type { DecommissionReport } from '../../domain/run/report.ts';
import { cancelSuspended } from '../embedded/cancel-suspended.ts';
import type { AddVerb, CliContext } from '../cli-context.ts';
import type { ExitStatus } from '../cli-failure.ts';
import { readConfiguredPlace } from '../connect-temporal.ts';
import { readLiveServer } from '../embedded/server-record.ts';
import { readStateLockHolder } from '../embedded/state-lock.ts';
import { toStateDirectory } from '../embedded/state-directory.ts';
import { findDecommission } from '../decommission/find-decommission.ts';
import type { Output } from '../output.ts';
import { watchToEnd } from '../decommission/watch-to-end.ts';
import { withClient } from '../with-client.ts';
import {
  addAttributionOptions,
  addOutputOption,
  addTargetOptions,
  toAttribution,
  type AttributionOptions,
  type TargetOptions,
} from './verb-options.ts';

interface CancelOptions extends TargetOptions, AttributionOptions {
  readonly wait?: boolean;
}

/**
 * `cancel`: asks a decommission to stop and put everything back. For a suspended `run` it brings up server and worker itself and waits,
 * since nobody else would do the undo. Exit status 0 once what was asked for is done.
 */
export const addCancelVerb: AddVerb = (program, context, act) => {
  const command = addAttributionOptions(
    addTargetOptions(program.command('cancel').description('stop a decommission and put everything back')),
  ).option('--wait', 'watch it until everything is put back');
  addOutputOption(command).action(
    act(async (output, options: CancelOptions, task: string | undefined) => {
      const requestCancel = (client: DecommissionClient): Promise<DecommissionHandle> =>
        sendCancel(client, options, task, context);
      if (await isSuspendedRun(context)) {
        return toCancelStatus(await cancelSuspended(requestCancel, output, context));
      }
      return withClient(context, async (client) =>
        followCancel(client, await requestCancel(client), output, options, context),
      );
    }),
  );
};

/** Nothing is configured, a `run` was here, and no process works on it now. */
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

const sendCancel = async (
  client: DecommissionClient,
  options: CancelOptions,
  task: string | undefined,
  context: CliContext,
): Promise<DecommissionHandle> => {
  const handle = await findDecommission(client, task, options.cluster);
  await handle.cancel(toAttribution(options, context.environment));
  return handle;
};

const followCancel = async (
  client: DecommissionClient,
  handle: DecommissionHandle,
  output: Output,
  options: CancelOptions,
  context: CliContext,
): Promise<ExitStatus> => {
  const { workflowId } = handle;
  if (options.wait === true) return toCancelStatus(await watchToEnd(handle, output, context));
  if ((await client.readWorkers()).length === 0) {
    output.note(
      `No worker polls the task queue: everything is put back once one is started (\`${context.programName} worker\`).`,
    );
  }
  output.result({ workflowId, cancelRequested: true }, () => `Asked ${workflowId} to stop and put everything back.`);
  return 0;
};

/** Put back is what was asked for; any other end is told as the outcome's own status. No report: a person interrupted. */
const toCancelStatus = (report: DecommissionReport | undefined): ExitStatus => {
  if (report === undefined) return 130;
  return report.outcome === 'Cancelled' ? 0 : toExitCode(report.outcome);
};

import type { DecommissionHandle } from '../../client/decommission-handle.ts';
import type { RunStatus } from '../../domain/run/status.ts';
import type { CliContext } from '../cli-context.ts';
import type { ExitStatus } from '../cli-failure.ts';
import type { Output } from '../output.ts';
import { withClient } from '../with-client.ts';
import { findDecommission, type DecommissionTarget } from './find-decommission.ts';

/**
 * Finds a running decommission, sends it a request, and prints the status with which it answers.
 *
 * @throws what `findDecommission` and `send` throw
 */
export const steerDecommission = (
  { task, cluster }: DecommissionTarget,
  output: Output,
  context: CliContext,
  send: (handle: DecommissionHandle) => Promise<RunStatus>,
): Promise<ExitStatus> =>
  withClient(context, async (client) => {
    const handle = await findDecommission(client, { task, cluster }, output.note);
    const status = await send(handle);
    output.result(status, () => toSentence(handle.workflowId, status));
    return 0;
  });

const toSentence = (workflowId: string, { phase, message }: RunStatus): string =>
  `${workflowId}: ${phase}${message === '' ? '' : `, ${message}`}`;

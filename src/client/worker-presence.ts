import type { Client } from '@temporalio/client';
import { isGrpcDeadlineError, isGrpcServiceError } from '@temporalio/client';
import type { QueueWorkers } from '../domain/run/worker-routing.ts';
import { TASK_QUEUE } from '../domain/run/workflow-ids.ts';
import { withoutFullStop } from '../domain/text/join-sentences.ts';
import { NoWorkerError } from './decommission-error.ts';
import { describeObstacle, type PlacedWorkflow } from './describe-obstacle.ts';
import { readQueueWorkers } from './queue-workers.ts';

const RESPONSE_DEADLINE_MILLISECONDS = 10_000;

/** gRPC status code FAILED_PRECONDITION: the workflow's last task failed or has not run yet, so no worker can answer for it. */
const NOT_READY: readonly number[] = [9];

/**
 * Runs `call`, which needs a response from a worker. The server lists a poller for five minutes after its last poll, so a killed worker
 * is only detected by the deadline. `called`: undefined for a workflow that `call` itself starts.
 * @throws NoWorkerError: no worker polls the task queue, none is of the version that the workflow needs, none responds within the deadline
 *   (default 10 s), or the workflow's task fails in them at present.
 */
export const callWorker = async <Result>(
  client: Client,
  called: PlacedWorkflow | undefined,
  call: () => Promise<Result>,
  deadlineMilliseconds = RESPONSE_DEADLINE_MILLISECONDS,
): Promise<Result> => {
  const queue = await readQueueWorkers(client);
  const { namespace } = client.options;
  const place = `task queue ${TASK_QUEUE} in namespace ${namespace}`;
  if (queue.workers.length === 0) {
    throw new NoWorkerError(
      `no worker polls ${place}: start one (\`node-decommission worker\`, or the same \`run\` again). Running decommissions continue then.`,
    );
  }
  const obstacle = describeObstacle(queue, called, namespace);
  if (obstacle !== undefined) throw new NoWorkerError(`no worker of ${place} takes its work: ${obstacle}`, true);
  try {
    return await client.withDeadline(Date.now() + deadlineMilliseconds, call);
  } catch (error) {
    const notReady = readNotReady(error);
    if (notReady !== undefined) {
      throw new NoWorkerError(
        `no worker of ${place} can answer for the workflow at present (${notReady}): try again; if it stays so, the worker's log has the reason.`,
      );
    }
    if (!isDeadline(error)) throw error;
    throw new NoWorkerError(
      `no worker of ${place} responded within ${Math.round(deadlineMilliseconds / 1000)} s (last seen: ${toIdentities(queue)}): ` +
        'check that it is running and not overloaded, then try again.',
    );
  }
};

const toIdentities = ({ workers }: QueueWorkers): string => workers.map(({ identity }) => identity).join(', ');

const isDeadline = (error: unknown): boolean =>
  isGrpcDeadlineError(error) || (error instanceof Error && isGrpcDeadlineError(error.cause));

const readNotReady = (error: unknown): string | undefined => {
  const cause = error instanceof Error ? error.cause : undefined;
  return isGrpcServiceError(cause) && NOT_READY.includes(cause.code) ? withoutFullStop(cause.details) : undefined;
};

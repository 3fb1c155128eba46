import type { Client } from '@temporalio/client';
import { isGrpcDeadlineError, isGrpcServiceError } from '@temporalio/client';
import proto from '@temporalio/proto';
import { TASK_QUEUE, toClusterQueue } from '../domain/run/workflow-ids.ts';
import { withoutFullStop } from '../domain/text/join-sentences.ts';
import { NoWorkerError } from './decommission-error.ts';

const RESPONSE_DEADLINE_MILLISECONDS = 10_000;

/** gRPC status code FAILED_PRECONDITION: the workflow's last task failed or has not run yet, so no worker can answer for it. */
const NOT_READY: readonly number[] = [9];

const { TaskQueueType } = proto.temporal.api.enums.v1;

/**
 * Identities of the workers that polled in the last minutes, as the server lists them: the task queue of the workflows, or of the activities
 * of a cluster.
 */
export const readWorkerIdentities = async (client: Client, cluster?: string): Promise<readonly string[]> => {
  const { TASK_QUEUE_TYPE_WORKFLOW, TASK_QUEUE_TYPE_ACTIVITY } = TaskQueueType;
  const response = await client.workflowService.describeTaskQueue({
    namespace: client.options.namespace,
    taskQueue: { name: cluster === undefined ? TASK_QUEUE : toClusterQueue(cluster) },
    taskQueueType: cluster === undefined ? TASK_QUEUE_TYPE_WORKFLOW : TASK_QUEUE_TYPE_ACTIVITY,
  });
  return response.pollers.map((poller) => poller.identity ?? '').filter((identity) => identity !== '');
};

/**
 * Runs `call`, which needs a response from a worker. The server lists a poller for five minutes after its last poll, so a killed worker
 * is only detected by the deadline.
 * @throws NoWorkerError: no worker polls the task queue, none responds within the deadline (default 10 s), or the workflow's task fails in
 *   them at present.
 */
export const callWorker = async <Result>(
  client: Client,
  call: () => Promise<Result>,
  deadlineMilliseconds = RESPONSE_DEADLINE_MILLISECONDS,
): Promise<Result> => {
  const workers = await readWorkerIdentities(client);
  const place = `task queue ${TASK_QUEUE} in namespace ${client.options.namespace}`;
  if (workers.length === 0) {
    throw new NoWorkerError(
      `no worker polls ${place}: start one (\`node-decommission worker\`, or the same \`run\` again). Running decommissions continue then.`,
    );
  }
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
      `no worker of ${place} responded within ${Math.round(deadlineMilliseconds / 1000)} s (last seen: ${workers.join(', ')}): ` +
        'check that it is running and not overloaded, then try again.',
    );
  }
};

const isDeadline = (error: unknown): boolean =>
  isGrpcDeadlineError(error) || (error instanceof Error && isGrpcDeadlineError(error.cause));

const readNotReady = (error: unknown): string | undefined => {
  const cause = error instanceof Error ? error.cause : undefined;
  return isGrpcServiceError(cause) && NOT_READY.includes(cause.code) ? withoutFullStop(cause.details) : undefined;
};

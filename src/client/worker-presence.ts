import type { Client } from '@temporalio/client';
import { isGrpcDeadlineError } from '@temporalio/client';
import proto from '@temporalio/proto';
import { TASK_QUEUE } from '../domain/run/workflow-ids.ts';
import { NoWorkerError } from './decommission-error.ts';

const ANSWER_DEADLINE_MILLISECONDS = 10_000;

/** Names of the workers that asked the task queue for work in the last minutes, as the server remembers them. */
export const readWorkerIdentities = async (client: Client): Promise<readonly string[]> => {
  const answer = await client.workflowService.describeTaskQueue({
    namespace: client.options.namespace,
    taskQueue: { name: TASK_QUEUE },
    taskQueueType: proto.temporal.api.enums.v1.TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
  });
  return answer.pollers.map((poller) => poller.identity ?? '').filter((identity) => identity !== '');
};

/**
 * Runs `ask`, which needs a worker's answer, and does not wait for one that is not there.
 * Throws NoWorkerError at once when nobody polls the task queue, and after 10 s when nobody answers: the server lists a poller
 * for five minutes after its last poll, so a killed worker is noticed by its silence only.
 */
export const askWorker = async <Answer>(
  client: Client,
  ask: () => Promise<Answer>,
  deadlineMilliseconds = ANSWER_DEADLINE_MILLISECONDS,
): Promise<Answer> => {
  const workers = await readWorkerIdentities(client);
  const place = `task queue ${TASK_QUEUE} in namespace ${client.options.namespace}`;
  if (workers.length === 0) {
    throw new NoWorkerError(
      `no worker polls ${place}: start one (\`node-decommission worker\`, or the same \`run\` again); what is running goes on then.`,
    );
  }
  try {
    return await client.withDeadline(Date.now() + deadlineMilliseconds, ask);
  } catch (error) {
    if (!isDeadline(error)) throw error;
    throw new NoWorkerError(
      `no worker of ${place} answered within ${Math.round(deadlineMilliseconds / 1000)} s (last seen: ${workers.join(', ')}): ` +
        'look whether it still runs and is not overloaded, then ask again.',
    );
  }
};

const isDeadline = (error: unknown): boolean =>
  isGrpcDeadlineError(error) || (error instanceof Error && isGrpcDeadlineError(error.cause));

import { ActivityFailure, ApplicationFailure, TimeoutFailure } from '@temporalio/workflow';
import type { TaskStarter } from '../../activities/plan/accept-request.ts';
import type { AcceptedTask } from '../../domain/run/context.ts';
import { FailureType } from '../../domain/run/failures.ts';
import { toClusterQueue } from '../../domain/run/workflow-ids.ts';
import { acceptingActivities, SECONDS_TO_FIND_A_WORKER, shortActivities } from '../runtime/activity-options.ts';

/**
 * The second attempt begins while a worker runs, which has just run this workflow. The first one alone would refuse a `run` that was
 * suspended here: its time passes while nothing runs.
 */
const ATTEMPTS = 2;

/**
 * Checks the request on any worker, then accepts it on one that has its cluster. Changes nothing.
 *
 * @throws ApplicationFailure `Refused`, not retryable: within a minute, no worker took the work for this cluster.
 * @throws ActivityFailure caused by `InvalidInput`, or by a failure of `acceptRequest`
 */
export const acceptTask = async (input: unknown, starter: TaskStarter, oneNodeOnly: boolean): Promise<AcceptedTask> => {
  const checked = await shortActivities.checkRequest(input, oneNodeOnly);
  const { cluster } = checked.request;
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    try {
      return await acceptingActivities.acceptRequest(checked, starter);
    } catch (error) {
      if (!isUnserved(error)) throw error;
    }
  }
  throw ApplicationFailure.nonRetryable(
    `no worker serves cluster "${cluster}": none took work from task queue ${toClusterQueue(cluster)} for ` +
      `${ATTEMPTS * SECONDS_TO_FIND_A_WORKER} s. Nothing was changed. Correct \`cluster\`, or start a worker whose configuration names ` +
      'this cluster, then start again.',
    FailureType.Refused,
  );
};

const isUnserved = (error: unknown): boolean =>
  error instanceof ActivityFailure &&
  error.cause instanceof TimeoutFailure &&
  error.cause.timeoutType === 'SCHEDULE_TO_START';

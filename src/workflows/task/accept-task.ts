import { ActivityFailure, ApplicationFailure, TimeoutFailure, workflowInfo } from '@temporalio/workflow';
import type { TaskStarter } from '../../activities/plan/accept-request.ts';
import type { AcceptedTask } from '../../domain/run/context.ts';
import { FailureType } from '../../domain/run/failures.ts';
import { describeUnservedCluster } from '../../domain/run/worker-routing.ts';
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
  const seconds = ATTEMPTS * SECONDS_TO_FIND_A_WORKER;
  const message = describeUnservedCluster(cluster, seconds, workflowInfo().currentDeploymentVersion);
  throw ApplicationFailure.nonRetryable(message, FailureType.Refused);
};

const isUnserved = (error: unknown): boolean =>
  error instanceof ActivityFailure &&
  error.cause instanceof TimeoutFailure &&
  error.cause.timeoutType === 'SCHEDULE_TO_START';

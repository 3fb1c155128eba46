import { activityInfo } from '@temporalio/activity';
import { beat } from '../support/with-heartbeat.ts';

/** How often earlier attempts of the running activity counted a failure; one that lost its connection or its worker counted none. */
export const readFailureCount = (): number => {
  const details: unknown = activityInfo().heartbeatDetails;
  if (typeof details !== 'object' || details === null || !('failureCount' in details)) return 0;
  return typeof details.failureCount === 'number' ? details.failureCount : 0;
};

/** Counts one more, in the heartbeat that the next attempt finds. @returns the new count, at least 1 */
export const countFailure = (message: string): number => {
  const failureCount = readFailureCount() + 1;
  beat({ message, failureCount });
  return failureCount;
};

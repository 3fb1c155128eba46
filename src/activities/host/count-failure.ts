import { activityInfo } from '@temporalio/activity';
import { beat } from '../support/with-heartbeat.ts';

/** Failures counted by earlier attempts of the running activity; an attempt that lost its connection or worker counts none. */
export const readFailureCount = (): number => {
  const details: unknown = activityInfo().heartbeatDetails;
  if (typeof details !== 'object' || details === null || !('failureCount' in details)) return 0;
  return typeof details.failureCount === 'number' ? details.failureCount : 0;
};

/** Adds one failure, recorded in the heartbeat for the next attempt. @returns the new count, at least 1 */
export const countFailure = (message: string): number => {
  const failureCount = readFailureCount() + 1;
  beat({ message, failureCount });
  return failureCount;
};

import { ActivityCancellationType, proxyActivities } from '@temporalio/workflow';
import type { Activities } from '../activities/index.ts';

/*
 * One proxy per class of time-out. The cancellation type is always written out: left unset it is TRY_CANCEL, and undo would start
 * while an eviction is still in flight.
 */
const cancellationType = ActivityCancellationType.WAIT_CANCELLATION_COMPLETED;

/** Short work on the way forward. An API outage is ridden out for half an hour, then the run is undone. */
export const forward = proxyActivities<Activities>({
  cancellationType,
  startToCloseTimeout: '5 minutes',
  scheduleToCloseTimeout: '30 minutes',
  retry: { initialInterval: '500ms', backoffCoefficient: 2, maximumInterval: '10s' },
});

/** Waits that heartbeat; their deadlines are in their arguments. */
export const waiting = proxyActivities<Activities>({
  cancellationType,
  startToCloseTimeout: '365 days',
  heartbeatTimeout: '30s',
  retry: { initialInterval: '500ms', backoffCoefficient: 2, maximumInterval: '10s' },
});

/** Putting back, and what comes after the point of no return: tried for an hour before a person is called. */
export const persistent = proxyActivities<Activities>({
  cancellationType,
  startToCloseTimeout: '5 minutes',
  scheduleToCloseTimeout: '1 hour',
  retry: { initialInterval: '500ms', backoffCoefficient: 2, maximumInterval: '10s' },
});

import { ActivityCancellationType, proxyActivities } from '@temporalio/workflow';
import type { Activities } from '../activities/index.ts';

/*
 * One proxy per class of time-out. The cancellation type is always written out: left unset it is TRY_CANCEL, and undo would start
 * while an eviction is still in flight. Retries are bounded by their number, not by a schedule-to-close time: while no worker is there,
 * as after `run` was suspended for a night, time passes and nothing has been tried.
 */
const cancellationType = ActivityCancellationType.WAIT_CANCELLATION_COMPLETED;

const patience = { initialInterval: '500ms', backoffCoefficient: 2, maximumInterval: '10s' } as const;

/** Short work on the way forward. An API outage is ridden out for at least half an hour, then the run is undone. */
export const forward = proxyActivities<Activities>({
  cancellationType,
  startToCloseTimeout: '5 minutes',
  heartbeatTimeout: '20s',
  retry: { ...patience, maximumAttempts: 185 },
});

/** Waits that heartbeat; their deadlines are in their arguments. */
export const waiting = proxyActivities<Activities>({
  cancellationType,
  startToCloseTimeout: '365 days',
  heartbeatTimeout: '30s',
  retry: patience,
});

/** Putting back, and what comes after the point of no return: tried for at least an hour before a person is called. */
export const persistent = proxyActivities<Activities>({
  cancellationType,
  startToCloseTimeout: '5 minutes',
  heartbeatTimeout: '20s',
  retry: { ...patience, maximumAttempts: 365 },
});

import { ActivityCancellationType, proxyActivities, type ActivityOptions } from '@temporalio/workflow';
import type { Activities } from '../../activities/index.ts';
import type { WaitSettings } from '../../domain/run/wait-settings.ts';
import { SHORT_PATIENCE_SECONDS, UNDO_PATIENCE_SECONDS } from '../../domain/run/patience.ts';
import { toActivityQueue } from './activity-queues.ts';
import { ACTIVITY_NAMES, toCallOptions } from './activity-summaries.ts';
import { definedFields } from './defined-fields.ts';

/*
 * One proxy per class of time-out. The cancellation type is always set: its default is TRY_CANCEL, and undo would start while an eviction
 * is still in flight. Retries are not bounded by a schedule-to-close time-out, which would also count time without a worker, e.g. while
 * `run` is suspended overnight. For short work and undo the worker ends them by elapsed time (`withBoundedRetries`); the number of attempts
 * is the bound for failures that no worker sees.
 */
const cancellationType = ActivityCancellationType.WAIT_CANCELLATION_COMPLETED;

const backoff = { initialInterval: '500ms', backoffCoefficient: 2, maximumInterval: '10s' } as const;

/** Enough attempts for the intervals between them to add up to this time. */
const toRetry = (seconds: number): typeof backoff & { readonly maximumAttempts: number } => {
  let maximumAttempts = 1;
  for (let waited = 0, pause = 0.5; waited < seconds; pause = Math.min(2 * pause, 10)) {
    waited += pause;
    maximumAttempts += 1;
  }
  return { ...backoff, maximumAttempts };
};

type Name = keyof Activities;

/** The activities with these options; each call has its task queue, and a summary in Temporal's UI. */
const labelled = (options: ActivityOptions): Activities => {
  const proxies = proxyActivities<Activities>(options);
  const label =
    (name: Name) =>
    (...args: Parameters<Activities[Name]>): Promise<unknown> => {
      const { executeWithOptions } = proxies[name] as {
        executeWithOptions: (options: ActivityOptions, args: Parameters<Activities[Name]>) => Promise<unknown>;
      };
      const taskQueue = toActivityQueue(name, args);
      return executeWithOptions({ ...toCallOptions(name, args), ...definedFields({ taskQueue }) }, args);
    };
  return Object.fromEntries(ACTIVITY_NAMES.map((name) => [name, label(name)])) as unknown as Activities;
};

/** Short work before the point of no return. Retried for half an hour during an API outage, then the run is undone. */
export const shortActivities = labelled({
  cancellationType,
  startToCloseTimeout: '5 minutes',
  heartbeatTimeout: '20s',
  retry: toRetry(SHORT_PATIENCE_SECONDS),
});

/** A calculation that cannot fail: retried until a worker does it. */
export const windowActivities = labelled({ cancellationType, startToCloseTimeout: '1 minute', retry: backoff });

/** How long a request waits for a worker that has its cluster, twice: longer than the restart of a worker. */
export const SECONDS_TO_FIND_A_WORKER = 15;

/** The first work on the cluster's own queue. The server does not retry this time-out. */
export const acceptingActivities = labelled({
  cancellationType,
  scheduleToStartTimeout: `${SECONDS_TO_FIND_A_WORKER}s`,
  startToCloseTimeout: '5 minutes',
  heartbeatTimeout: '20s',
  retry: toRetry(SHORT_PATIENCE_SECONDS),
});

/**
 * The plan: of a cluster with thousands of nodes it reads for minutes, and the scheduler's trials may take another minute. Retried like
 * short work.
 */
export const planningActivities = labelled({
  cancellationType,
  startToCloseTimeout: '20 minutes',
  heartbeatTimeout: '1 minute',
  retry: toRetry(SHORT_PATIENCE_SECONDS),
});

/**
 * Waits that heartbeat, every 20 s while nothing changes; their deadlines are in their arguments. Failed attempts are retried for at least
 * an hour.
 */
export const pollingActivities = labelled({
  cancellationType,
  startToCloseTimeout: '365 days',
  heartbeatTimeout: '45s',
  retry: toRetry(UNDO_PATIENCE_SECONDS),
});

/** The wait for other tasks, before the first change of a node: it outlasts an outage of the API, since nothing has begun. */
export const turnActivities = labelled({
  cancellationType,
  startToCloseTimeout: '365 days',
  heartbeatTimeout: '45s',
  retry: { ...backoff, maximumInterval: '30s' },
});

/** Checks of a host before the point of no return: retried for a few minutes, then the run is undone or the host left alone. */
export const hostCheckActivities = labelled({
  cancellationType,
  startToCloseTimeout: '365 days',
  heartbeatTimeout: '30s',
  retry: { ...backoff, maximumAttempts: 10 },
});

/** Asked before a run is undone or parked, after its other activities were retried: only the loss of a worker or the API is retried. */
export const withdrawActivities = labelled({
  cancellationType,
  startToCloseTimeout: '10 minutes',
  heartbeatTimeout: '30s',
  retry: { ...backoff, maximumAttempts: 5 },
});

/**
 * Stages that run detached on a host, with a deadline of their own there; each attempt finds a running stage again. Retried for as long as
 * the run's settings allow before an operator is needed.
 */
export const hostStageActivities = ({ hostPatienceSeconds = UNDO_PATIENCE_SECONDS }: WaitSettings): Activities =>
  labelled({
    cancellationType,
    startToCloseTimeout: '1 hour',
    heartbeatTimeout: '30s',
    retry: toRetry(hostPatienceSeconds),
  });

/**
 * The hook that ends a machine, with a deadline of its own in the worker. Retried as host stages are; the worker ends that by elapsed time,
 * because one call may take half an hour.
 */
export const machineActivities = ({ hostPatienceSeconds = UNDO_PATIENCE_SECONDS }: WaitSettings): Activities =>
  labelled({
    cancellationType,
    startToCloseTimeout: '1 hour',
    heartbeatTimeout: '30s',
    retry: toRetry(hostPatienceSeconds),
  });

/** Storing a report, which must not delay the end of a node for long: bounded by elapsed time, also without a worker that can do it. */
export const reportActivities = labelled({
  cancellationType,
  scheduleToCloseTimeout: '10 minutes',
  startToCloseTimeout: '1 minute',
  heartbeatTimeout: '20s',
  retry: { ...backoff, maximumAttempts: 5 },
});

/** Undo, and work after the point of no return: retried for an hour before an operator is needed. */
export const undoActivities = labelled({
  cancellationType,
  startToCloseTimeout: '5 minutes',
  heartbeatTimeout: '20s',
  retry: toRetry(UNDO_PATIENCE_SECONDS),
});

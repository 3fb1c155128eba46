import { ActivityCancellationType, proxyActivities, type ActivityOptions } from '@temporalio/workflow';
import type { Activities } from '../../activities/index.ts';
import type { WaitSettings } from '../../domain/run/wait-settings.ts';
import { ACTIVITY_NAMES, toCallOptions } from './activity-summaries.ts';

/*
 * One proxy per class of time-out. The cancellation type is always written out: left unset it is TRY_CANCEL, and undo would start
 * while an eviction is still in flight. Retries are bounded by their number, not by a schedule-to-close time: while no worker is there,
 * as after `run` was suspended for a night, time passes and nothing has been tried.
 */
const cancellationType = ActivityCancellationType.WAIT_CANCELLATION_COMPLETED;

const patience = { initialInterval: '500ms', backoffCoefficient: 2, maximumInterval: '10s' } as const;
const HALF_AN_HOUR_SECONDS = 1800;
const AN_HOUR_SECONDS = 3600;

/** As many attempts as it takes for the pauses between them to last that long. */
const toRetry = (seconds: number): typeof patience & { readonly maximumAttempts: number } => {
  let maximumAttempts = 1;
  for (let waited = 0, pause = 0.5; waited < seconds; pause = Math.min(2 * pause, 10)) {
    waited += pause;
    maximumAttempts += 1;
  }
  return { ...patience, maximumAttempts };
};

type Name = keyof Activities;

/** The activities with these options; each call says in Temporal's UI what it is about. */
const labelled = (options: ActivityOptions): Activities => {
  const proxies = proxyActivities<Activities>(options);
  const label =
    (name: Name) =>
    (...args: Parameters<Activities[Name]>): Promise<unknown> => {
      const { executeWithOptions } = proxies[name] as {
        executeWithOptions: (options: ActivityOptions, args: Parameters<Activities[Name]>) => Promise<unknown>;
      };
      return executeWithOptions(toCallOptions(name, args), args);
    };
  return Object.fromEntries(ACTIVITY_NAMES.map((name) => [name, label(name)])) as unknown as Activities;
};

/** Short work on the way forward. An API outage is ridden out for at least half an hour, then the run is undone. */
export const shortActivities = labelled({
  cancellationType,
  startToCloseTimeout: '5 minutes',
  heartbeatTimeout: '20s',
  retry: toRetry(HALF_AN_HOUR_SECONDS),
});

/** Waits that heartbeat; their deadlines are in their arguments. An outage that no attempt survives is ridden out for at least an hour. */
export const pollingActivities = labelled({
  cancellationType,
  startToCloseTimeout: '365 days',
  heartbeatTimeout: '30s',
  retry: toRetry(AN_HOUR_SECONDS),
});

/** Looks at a host before anything irrevocable: tried for a few minutes, then the run is undone or the host left alone. */
export const hostCheckActivities = labelled({
  cancellationType,
  startToCloseTimeout: '365 days',
  heartbeatTimeout: '30s',
  retry: { ...patience, maximumAttempts: 10 },
});

/**
 * What a host carries out by itself, which has a deadline of its own there; it is found again after every loss. Tried for as long as the
 * run's settings say before a person is called.
 */
export const hostStageActivities = ({ hostPatienceSeconds = AN_HOUR_SECONDS }: WaitSettings): Activities =>
  labelled({
    cancellationType,
    startToCloseTimeout: '1 hour',
    heartbeatTimeout: '30s',
    retry: toRetry(hostPatienceSeconds),
  });

/** Putting back, and what comes after the point of no return: tried for at least an hour before a person is called. */
export const undoActivities = labelled({
  cancellationType,
  startToCloseTimeout: '5 minutes',
  heartbeatTimeout: '20s',
  retry: toRetry(AN_HOUR_SECONDS),
});

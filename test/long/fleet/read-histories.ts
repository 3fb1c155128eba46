import type { WorkflowHandle } from '@temporalio/client';
import { awaitCondition } from '../../../stack/processes/await-condition.ts';
import type { Harness } from '../../e2e/harness/harness.ts';

type HistoryEvent = NonNullable<Awaited<ReturnType<WorkflowHandle['fetchHistory']>>['events']>[number];

/** One run of a workflow; a workflow that continued as new has several. */
export interface FetchedHistory {
  readonly type: string;
  readonly workflowId: string;
  /** As the server counts them. */
  readonly bytes: number;
  readonly events: readonly HistoryEvent[];
}

/** All closed runs of the namespace, once none is listed as running: a list may be a moment behind. */
export const readHistories = async ({ client }: Harness): Promise<readonly FetchedHistory[]> => {
  await awaitCondition('no workflow is listed as running', async () => {
    const { count } = await client.workflow.count("ExecutionStatus = 'Running'");
    return count === 0;
  });
  const histories: FetchedHistory[] = [];
  for await (const { type, workflowId, runId } of client.workflow.list({ query: "ExecutionStatus != 'Running'" })) {
    const handle = client.workflow.getHandle(workflowId, runId);
    const { historySize = 0 } = await handle.describe();
    const { events } = await handle.fetchHistory();
    histories.push({ type, workflowId, bytes: historySize, events: events ?? [] });
  }
  return histories;
};

/** The last attempt of an activity, which is the only one that a history contains. */
export interface ActivityAttempt {
  readonly workflowId: string;
  readonly activity: string;
  readonly attempt: number;
  /** Of this attempt, or of the one before it; absent: neither timed out. */
  readonly timeout?: string;
}

/** Of activities that have ended, one each. */
export const readActivityAttempts = ({ workflowId, events }: FetchedHistory): readonly ActivityAttempt[] => {
  const names = new Map(
    events.map(({ eventId, activityTaskScheduledEventAttributes: scheduled }) => [
      String(eventId),
      scheduled?.activityType?.name ?? '',
    ]),
  );
  return events.flatMap((event) => {
    const found = toStarted(event) ?? toTimedOut(event);
    if (found === undefined) return [];
    const { scheduledEventId, attempt, failure } = found;
    const activity = names.get(String(scheduledEventId)) ?? '';
    return [{ workflowId, activity, attempt, ...toTimeout(failure) }];
  });
};

interface FoundAttempt {
  readonly scheduledEventId: unknown;
  readonly attempt: number;
  readonly failure: Failure;
}

type Failure = NonNullable<HistoryEvent['activityTaskTimedOutEventAttributes']>['failure'];

const toStarted = ({ activityTaskStartedEventAttributes: started }: HistoryEvent): FoundAttempt | undefined =>
  started
    ? { scheduledEventId: started.scheduledEventId, attempt: started.attempt ?? 0, failure: started.lastFailure }
    : undefined;

const toTimedOut = ({ activityTaskTimedOutEventAttributes: timedOut }: HistoryEvent): FoundAttempt | undefined =>
  timedOut ? { scheduledEventId: timedOut.scheduledEventId, attempt: 0, failure: timedOut.failure } : undefined;

const toTimeout = (failure: Failure): Pick<ActivityAttempt, 'timeout'> =>
  failure?.timeoutFailureInfo ? { timeout: failure.message ?? 'timeout' } : {};

/** Identities of the workers that ran this activity, each once. */
export const toWorkers = (histories: readonly FetchedHistory[], activity: string): readonly string[] => {
  const identities = histories.flatMap(({ events }) => {
    const scheduled = events.filter(
      ({ activityTaskScheduledEventAttributes: each }) => each?.activityType?.name === activity,
    );
    const eventIds = scheduled.map(({ eventId }) => String(eventId));
    return events
      .flatMap(({ activityTaskStartedEventAttributes: started }) => started ?? [])
      .filter(({ scheduledEventId }) => eventIds.includes(String(scheduledEventId)))
      .map(({ identity }) => identity ?? '');
  });
  return [...new Set(identities)].toSorted();
};

/** The longest payload of any event, in bytes. */
export const toLargestPayload = ({ events }: FetchedHistory): number => toLargestData(events);

const toLargestData = (value: unknown): number => {
  if (value instanceof Uint8Array) return value.length;
  if (typeof value !== 'object' || value === null) return 0;
  return Object.values(value).reduce<number>((largest, each) => Math.max(largest, toLargestData(each)), 0);
};

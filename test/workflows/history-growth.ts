import type { WorkflowHandle } from '@temporalio/client';
import type { WorkflowHarness } from './workflow-harness.ts';

/** One run of a workflow that continues as new. */
export interface RunSize {
  readonly events: number;
  readonly bytes: number;
  /** Bytes of its input: what its earlier run has passed on. */
  readonly inputBytes: number;
}

type HistoryEvent = NonNullable<Awaited<ReturnType<WorkflowHandle['fetchHistory']>>['events']>[number];

/** Every run of this workflow, from its first one on. */
export const readRunSizes = async ({ client }: WorkflowHarness, workflowId: string): Promise<readonly RunSize[]> => {
  const sizes: RunSize[] = [];
  const { raw } = await client.workflow.getHandle(workflowId).describe();
  for (let runId = raw.workflowExecutionInfo?.firstRunId; runId;) {
    const handle = client.workflow.getHandle(workflowId, runId);
    const { historySize = 0 } = await handle.describe();
    const events = (await handle.fetchHistory()).events ?? [];
    sizes.push({ events: events.length, bytes: historySize, inputBytes: countInputBytes(events[0]) });
    runId = events.at(-1)?.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId;
  }
  return sizes;
};

const countInputBytes = (started: HistoryEvent | undefined): number => {
  const payloads = started?.workflowExecutionStartedEventAttributes?.input?.payloads ?? [];
  return payloads.reduce((sum, { data }) => sum + (data?.length ?? 0), 0);
};

/** With it, a task that has continued as new waits for the workflow of its node. */
const HEARTBEATS_ONLY = 'awaitNodeWorkflow';

/**
 * What a workflow that waits has open, sorted: activities by name, timers by summary. Nothing else makes its history longer by itself; an
 * activity that heartbeats does not.
 */
const readOpen = async (handle: WorkflowHandle): Promise<readonly string[]> => {
  const { events } = await handle.fetchHistory();
  const open = new Map<string, string>();
  for (const event of events ?? []) {
    const started = toStarted(event);
    if (started !== undefined) open.set(...started);
    open.delete(toEnded(event));
  }
  return [...open.values()].filter((name) => name !== HEARTBEATS_ONLY).sort();
};

/** Waits until exactly these are open. */
export const awaitOpen = async (
  stage: WorkflowHarness,
  handle: WorkflowHandle,
  wanted: readonly string[],
): Promise<void> => {
  let open: readonly string[] = [];
  try {
    await stage.await(async () => {
      open = await readOpen(handle);
      return open.join() === wanted.join();
    }, `${handle.workflowId} waits`);
  } catch (error) {
    throw new Error(`open are ${open.join(', ') || 'none'}, not ${wanted.join(', ') || 'none'}`, { cause: error });
  }
};

const toStarted = (event: HistoryEvent): [key: string, name: string] | undefined => {
  const { activityTaskScheduledEventAttributes: activity, timerStartedEventAttributes: timer } = event;
  if (activity) return [`activity ${String(event.eventId)}`, activity.activityType!.name!];
  return timer ? [`timer ${timer.timerId!}`, readSummary(event)] : undefined;
};

const readSummary = ({ userMetadata }: HistoryEvent): string => {
  const summary = Buffer.from(userMetadata?.summary?.data ?? []).toString();
  return summary === '' ? 'a timer' : (JSON.parse(summary) as string);
};

const toEnded = (event: HistoryEvent): string => {
  const activity = toEndedActivity(event);
  if (activity) return `activity ${String(activity.scheduledEventId)}`;
  const { timerFiredEventAttributes: fired, timerCanceledEventAttributes: stopped } = event;
  return `timer ${(fired ?? stopped)?.timerId ?? ''}`;
};

const ENDS = [
  'activityTaskCompletedEventAttributes',
  'activityTaskFailedEventAttributes',
  'activityTaskCanceledEventAttributes',
  'activityTaskTimedOutEventAttributes',
] as const;

const toEndedActivity = (event: HistoryEvent) =>
  ENDS.map((key) => event[key]).find((attributes) => attributes !== undefined && attributes !== null);

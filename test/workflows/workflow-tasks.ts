import type { WorkflowHandle } from '@temporalio/client';
import proto from '@temporalio/proto';

const { WorkflowTaskFailedCause } = proto.temporal.api.enums.v1;

export type HistoryEvent = NonNullable<Awaited<ReturnType<WorkflowHandle['fetchHistory']>>['events']>[number];

/** A completed workflow task of a history: a workflow can be reset to it. */
export interface WorkflowTask {
  readonly eventId: NonNullable<HistoryEvent['eventId']>;
  /** What the workflow did in it, e.g. `cordonNode`; `nothing` without a command. */
  readonly does: string;
}

/** In order. */
export const toWorkflowTasks = (events: readonly HistoryEvent[]): readonly WorkflowTask[] =>
  events
    .filter(({ workflowTaskCompletedEventAttributes }) => workflowTaskCompletedEventAttributes)
    .map(({ eventId }) => {
      const commands = events.filter((event) => readWorkflowTaskId(event) === eventId!.toString()).map(describeCommand);
      return { eventId: eventId!, does: commands.filter((command) => command !== '').join(', ') || 'nothing' };
    });

/**
 * Why workflow tasks failed, without those that the server only repeats because something arrived while the workflow closed or continued as
 * new (`UnhandledCommand`).
 */
export const toTaskFailures = (events: readonly HistoryEvent[]): readonly string[] =>
  events
    .flatMap(({ workflowTaskFailedEventAttributes: failed }) => failed ?? [])
    .filter(({ cause }) => cause !== WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_UNHANDLED_COMMAND)
    .map(({ cause, failure }) => `${WorkflowTaskFailedCause[cause ?? 0]} ${failure?.message ?? ''}`);

/** The workflow task whose command the event is. */
const readWorkflowTaskId = (event: HistoryEvent): string | undefined => {
  const attributes = Object.values(event) as readonly ({
    readonly workflowTaskCompletedEventId?: NonNullable<HistoryEvent['eventId']>;
  } | null)[];
  return attributes.find((each) => each?.workflowTaskCompletedEventId)?.workflowTaskCompletedEventId?.toString();
};

const describeCommand = (event: HistoryEvent): string => {
  const { activityTaskScheduledEventAttributes: activity } = event;
  if (activity) return activity.activityType?.name ?? '';
  if (event.startChildWorkflowExecutionInitiatedEventAttributes) return 'its child';
  if (event.signalExternalWorkflowExecutionInitiatedEventAttributes) return 'a signal';
  if (event.timerStartedEventAttributes) return 'a timer';
  return isEnd(event) ? 'its end' : '';
};

const isEnd = ({
  workflowExecutionCompletedEventAttributes: completed,
  workflowExecutionFailedEventAttributes: failed,
  workflowExecutionCanceledEventAttributes: cancelled,
}: HistoryEvent): boolean => Boolean(completed ?? failed ?? cancelled);

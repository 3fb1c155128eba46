import { ScheduleAlreadyRunning, ScheduleNotFoundError, ScheduleOverlapPolicy, type Client } from '@temporalio/client';
import { TASK_QUEUE, toJanitorId } from '../domain/run/workflow-ids.ts';
import { JANITOR } from '../workflows/messages.ts';
import { InvalidRequestError } from './decommission-error.ts';

export interface JanitorSchedule {
  readonly scheduleId: string;
  /** Five fields, in UTC unless it starts with `CRON_TZ=<zone> `. */
  readonly cron: string;
}

/**
 * Starts the workflow `janitor` for this cluster at these times, one at a time. Replaces an earlier schedule of the cluster.
 * @throws InvalidRequestError: the server refuses the cron expression.
 */
export const scheduleJanitor = async (client: Client, cluster: string, cron: string): Promise<JanitorSchedule> => {
  const scheduleId = toJanitorId(cluster);
  const content = {
    spec: { cronExpressions: [cron] },
    action: {
      type: 'startWorkflow' as const,
      workflowType: JANITOR,
      workflowId: scheduleId,
      taskQueue: TASK_QUEUE,
      args: [{ cluster }],
      staticSummary: `search cluster ${cluster} for what ended tasks have left`,
    },
    policies: { overlap: ScheduleOverlapPolicy.SKIP },
  };
  try {
    await client.schedule.create({ scheduleId, ...content });
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw toRefusal(error, cron);
    const change = client.schedule.getHandle(scheduleId).update(({ state }) => ({ ...content, state }));
    await change.catch((refused: unknown) => {
      throw toRefusal(refused, cron);
    });
  }
  return { scheduleId, cron };
};

/** The SDK reports a specification that the server refuses as a TypeError with the server's words. */
const toRefusal = (error: unknown, cron: string): unknown =>
  error instanceof Error && error.name === 'TypeError'
    ? new InvalidRequestError(
        `the Temporal server refuses the cron expression "${cron}" (${error.message}); an example is "0 * * * *". Nothing was changed.`,
      )
    : error;

/** Ends the schedule of this cluster; false: there was none. */
export const unscheduleJanitor = async (client: Client, cluster: string): Promise<boolean> => {
  try {
    await client.schedule.getHandle(toJanitorId(cluster)).delete();
    return true;
  } catch (error) {
    if (error instanceof ScheduleNotFoundError) return false;
    throw error;
  }
};

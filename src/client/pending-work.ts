import type { Client, WorkflowExecutionDescription } from '@temporalio/client';
import { decodeHeartbeat } from './decode-heartbeat.ts';
import { isPendingEviction } from './pending-evictions.ts';

/** What a step waits for, where its workflow cannot know: it sees neither retries nor heartbeats. */
export interface PendingWork {
  /** Name of the activity, e.g. `runHostStage`. */
  readonly activity: string;
  /** From 1. */
  readonly attempt: number;
  /** Why the last attempt ended, or what this one says of itself: one sentence for people. */
  readonly message: string;
}

/** The first activity besides evictions that is tried again, or that says what it waits for; `undefined` when there is none. */
export const readPendingWork = async (
  client: Client,
  { raw }: WorkflowExecutionDescription,
): Promise<PendingWork | undefined> => {
  for (const pending of raw.pendingActivities ?? []) {
    if (isPendingEviction(pending)) continue;
    const attempt = pending.attempt ?? 1;
    const message = pending.lastFailure?.message ?? toMessage(await decodeHeartbeat(client, pending));
    if (message) return { activity: pending.activityType?.name ?? '', attempt, message };
  }
  return undefined;
};

const toMessage = (heartbeat: unknown): string =>
  typeof heartbeat === 'object' && heartbeat !== null && 'message' in heartbeat && typeof heartbeat.message === 'string'
    ? heartbeat.message
    : '';

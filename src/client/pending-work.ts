import type { Client, WorkflowExecutionDescription } from '@temporalio/client';
import { decodeHeartbeat } from './decode-heartbeat.ts';
import { isPendingEviction } from './pending-evictions.ts';

/** What a step is waiting for; not in the status query, since a workflow sees neither retries nor heartbeats of its activities. */
export interface PendingWork {
  /** Name of the activity, e.g. `runHostStage`; empty when the node stands still without a worker of its version. */
  readonly activity: string;
  /** From 1. */
  readonly attempt: number;
  /** Why the last attempt failed, or what this attempt reports: one sentence for people. */
  readonly message: string;
}

/** The first activity, evictions excluded, that is retried or reports what it is waiting for; `undefined` when there is none. */
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

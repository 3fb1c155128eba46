import type { Client, WorkflowExecutionDescription } from '@temporalio/client';
import proto, { type temporal } from '@temporalio/proto';
import type { EvictionProgress } from '../domain/run/status.ts';
import { decodeHeartbeat } from './decode-heartbeat.ts';

const PREFIX = 'evict:';

/** One pending eviction, as the server describes its activity. */
export interface PendingEviction {
  /** The last heartbeat; absent until the first one. */
  readonly progress?: EvictionProgress;
  /** Of the activity, from 1; more than 1 after a worker was lost. */
  readonly attempt: number;
  /** Why the last attempt ended; absent on the first. */
  readonly lastFailure?: string;
  /** No worker has taken it yet: all slots for waiting evictions are in use, or no worker runs. */
  readonly isQueued?: true;
}

/**
 * Reads the pending `evict:<namespace>/<name>` activities from a description, by `namespace/name`.
 * Heartbeat details of another shape (from a worker of another version) are left out.
 */
export const readPendingEvictions = async (
  client: Client,
  description: WorkflowExecutionDescription,
): Promise<ReadonlyMap<string, PendingEviction>> => {
  const evictions = new Map<string, PendingEviction>();
  for (const activity of description.raw.pendingActivities ?? []) {
    if (!isPendingEviction(activity)) continue;
    const lastFailure = activity.lastFailure?.message;
    const progress = await decodeHeartbeat(client, activity);
    evictions.set(activity.activityId.slice(PREFIX.length), {
      attempt: activity.attempt ?? 1,
      ...(isEvictionProgress(progress) ? { progress } : {}),
      ...(lastFailure ? { lastFailure } : {}),
      ...(isQueued(activity) ? { isQueued: true } : {}),
    });
  }
  return evictions;
};

const isQueued = ({ state, attempt }: temporal.api.workflow.v1.IPendingActivityInfo): boolean =>
  state === proto.temporal.api.enums.v1.PendingActivityState.PENDING_ACTIVITY_STATE_SCHEDULED && (attempt ?? 1) <= 1;

export const isPendingEviction = (
  activity: temporal.api.workflow.v1.IPendingActivityInfo,
): activity is temporal.api.workflow.v1.IPendingActivityInfo & { readonly activityId: string } =>
  activity.activityId?.startsWith(PREFIX) === true;

const isEvictionProgress = (value: unknown): value is EvictionProgress =>
  typeof value === 'object' && value !== null && 'podUid' in value && 'state' in value && 'message' in value;

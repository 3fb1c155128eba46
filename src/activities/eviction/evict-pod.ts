import { CancelledFailure, Context } from '@temporalio/activity';
import type { EvictionProgress } from '../../domain/run/status.ts';
import type { EvictionTarget, TaskContext } from '../../domain/run/context.ts';
import type { NodeTarget } from '../../domain/node/node-target.ts';
import type { CoordinatorRegistry } from './coordinator-registry.ts';
import type { EvictionEntry } from './eviction-entry.ts';
import type { EvictionRequest, EvictionResult } from './eviction-request.ts';

export interface EvictPodInput {
  readonly node: NodeTarget;
  readonly pod: EvictionTarget;
  /** At least 1; absent: the pod's own. */
  readonly gracePeriodSeconds?: number;
  /** Milliseconds since the epoch; absent: no deadline. */
  readonly deadlineAt?: number;
}

const HEARTBEAT_MILLISECONDS = 5000;
const ANOTHER_ATTEMPT_LOST = 'the worker was lost meanwhile: whether its eviction removed the pod is not known';

/**
 * Evicts one pod under its UID and waits until it is gone from the node; the node's coordinator decides when the eviction goes out, and
 * judges the wanted replicas of its workload directly before that.
 * Heartbeats EvictionProgress. Cancelled: nothing further is sent; if the eviction was accepted already the result says `Terminating`.
 * Throws `DrainTimeout`, `EvictionRefused`, `ConsentMissing`, `NodeChanged`, `CordonLost` and `LockLost`, none retryable, and `ClusterUnavailable`, retryable.
 */
export const evictPod =
  (coordinators: CoordinatorRegistry) =>
  async (context: TaskContext, input: EvictPodInput): Promise<EvictionResult> => {
    const activity = Context.current();
    const { attempt, workflowExecution } = activity.info;
    const earlier = attempt > 1 ? (activity.info.heartbeatDetails as EvictionProgress | undefined) : undefined;
    let progress: EvictionProgress | undefined = earlier;
    const heart = setInterval(() => {
      activity.heartbeat(progress);
    }, HEARTBEAT_MILLISECONDS);
    try {
      const result = await coordinators.withEntry(
        context,
        input.node,
        { workflowId: workflowExecution?.workflowId ?? '', runId: workflowExecution?.runId ?? '' },
        {
          ...toPlainOrder(input),
          signal: activity.cancellationSignal,
          ...(earlier?.podUid === input.pod.uid ? { earlier } : {}),
          onProgress: (next) => {
            progress = next;
            activity.heartbeat(next);
          },
        },
        (entry) => awaitEnd(activity, entry),
      );
      return attempt > 1 ? withDoubt(result) : result;
    } finally {
      clearInterval(heart);
    }
  };

/** 0.1 scheduled evictions with -1 and 0 for "none"; such an activity may still be pending. */
const toPlainOrder = ({
  pod,
  gracePeriodSeconds,
  deadlineAt,
}: EvictPodInput): Pick<EvictionRequest, 'pod' | 'gracePeriodSeconds' | 'deadlineAt' | 'replicasOf'> => ({
  pod,
  ...(gracePeriodSeconds === undefined || gracePeriodSeconds === -1 ? {} : { gracePeriodSeconds }),
  ...(deadlineAt === undefined || deadlineAt === 0 ? {} : { deadlineAt }),
  ...(pod.replicasOf === undefined ? {} : { replicasOf: pod.replicasOf }),
});

/** A lost worker may have evicted it and died before its heartbeat told so. */
const withDoubt = (result: EvictionResult): EvictionResult =>
  result.outcome === 'Gone' ? { ...result, message: ANOTHER_ATTEMPT_LOST } : result;

const awaitEnd = async (activity: Context, entry: EvictionEntry): Promise<EvictionResult> => {
  try {
    return await Promise.race([entry.done, activity.cancelled]);
  } catch (error) {
    if (!(error instanceof CancelledFailure) || activity.cancellationDetails?.workerShutdown) throw error;
    return await toCancelledResult(entry, error);
  }
};

/** A call that is under way decides first: undo must not start while an eviction is in flight. */
const toCancelledResult = async (entry: EvictionEntry, cancellation: CancelledFailure): Promise<EvictionResult> => {
  await entry.call;
  entry.settleAbandoned(cancellation);
  return await entry.done;
};

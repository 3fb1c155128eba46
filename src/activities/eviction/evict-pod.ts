import { CancelledFailure, Context } from '@temporalio/activity';
import type { EvictionProgress } from '../../domain/run/status.ts';
import type { EvictionTarget, TaskContext } from '../../domain/run/context.ts';
import type { NodeTarget } from '../../domain/node/node-target.ts';
import { DecommissionFailure, FailureType } from '../../domain/run/failures.ts';
import { joinSentences } from '../../domain/text/join-sentences.ts';
import { startHeart } from '../support/heart-group.ts';
import type { CoordinatorRegistry } from './coordinator-registry.ts';
import type { EvictionEntry } from './eviction-entry.ts';
import type { EvictionRequest, EvictionResult } from './eviction-request.ts';
import type { PendingPods } from './pending-pods.ts';

export interface EvictPodInput {
  readonly node: NodeTarget;
  readonly pod: EvictionTarget;
  /** At least 1; absent: the pod's own. */
  readonly gracePeriodSeconds?: number;
  /** Milliseconds since the epoch; absent: no deadline. */
  readonly deadlineAt?: number;
  /** Shortly before the deadline it is deleted without regard to its budgets; absent: no. */
  readonly deletesAtDeadline?: boolean;
  /** Milliseconds since the epoch: when the drain began, of a pod that had to wait for others; absent: now. */
  readonly startedAt?: number;
  /** It ends as `Terminating` once its grace period has ended and its kubelet has stopped reporting; absent: it waits. */
  readonly leavesDead?: boolean;
}

/** A healthy API server answers an eviction faster, so that a pod costs one heartbeat and not two. */
const BRIEF_MILLISECONDS = 300;

const ANOTHER_ATTEMPT_LOST = 'unknown: whether the eviction removed the pod, because the worker was lost';

/**
 * Evicts one pod under its UID and waits until it is gone from the node; the node's coordinator decides when the eviction is sent, and
 * checks the desired replicas of its workload directly before that.
 * Heartbeats EvictionProgress. Cancelled: nothing more is sent; when the eviction was already accepted, the outcome is `Terminating`.
 *
 * @throws DecommissionFailure `DrainTimeout`, not retryable: the pod was still on the node at the deadline.
 * @throws DecommissionFailure `EvictionRefused`, not retryable: a right is missing, or the request is invalid.
 * @throws DecommissionFailure `ConsentMissing`, not retryable: the workload has only one desired replica left.
 * @throws DecommissionFailure `NodeChanged`, `CordonLost`, `LockLost` or `NodeClaimed`, not retryable: see `checkOwnership`.
 * @throws DecommissionFailure `ClusterMismatch`, retryable: see `openVerifiedCluster`.
 * @throws ClusterFailure
 */
export const evictPod =
  (coordinators: CoordinatorRegistry) =>
  async (context: TaskContext, input: EvictPodInput): Promise<EvictionResult> => {
    const activity = Context.current();
    const { attempt, workflowExecution } = activity.info;
    const earlier = attempt > 1 ? (activity.info.heartbeatDetails as EvictionProgress | undefined) : undefined;
    let progress: EvictionProgress | undefined = earlier;
    const stopHeart = startHeart(activity, () => progress);
    const beats = startBeats(activity);
    try {
      const result = await coordinators.withEntry(
        context,
        input.node,
        { workflowId: workflowExecution?.workflowId ?? '', runId: workflowExecution?.runId ?? '' },
        {
          ...toPlainRequest(input),
          signal: activity.cancellationSignal,
          ...(earlier?.podUid === input.pod.uid ? { earlier } : {}),
          onProgress: (next) => {
            progress = next;
            beats.report(next);
          },
        },
        (entry, pendingPods) => explainTimeout(awaitEnd(activity, entry), entry, pendingPods),
      );
      return attempt > 1 ? withDoubt(result) : result;
    } finally {
      beats.stop();
      stopHeart();
    }
  };

/** A change is in the next heartbeat at once; that an eviction was sent only once it stays without a response. */
const startBeats = (
  activity: Context,
): { readonly report: (progress: EvictionProgress) => void; readonly stop: () => void } => {
  let timer: NodeJS.Timeout | undefined;
  const stop = (): void => {
    clearTimeout(timer);
  };
  const report = (progress: EvictionProgress): void => {
    stop();
    const beat = (): void => {
      activity.heartbeat(progress);
    };
    if (progress.state === 'Evicting') timer = setTimeout(beat, BRIEF_MILLISECONDS);
    else beat();
  };
  return { report, stop };
};

const toPlainRequest = ({
  pod,
  gracePeriodSeconds,
  deadlineAt,
  deletesAtDeadline,
  startedAt,
  leavesDead,
}: EvictPodInput): Pick<
  EvictionRequest,
  | 'pod'
  | 'gracePeriodSeconds'
  | 'deadlineAt'
  | 'deletesAtDeadline'
  | 'startedAt'
  | 'leavesDead'
  | 'replicasOf'
  | 'maxUnavailable'
  | 'awaitedJob'
> => ({
  pod,
  ...(gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds }),
  ...(deadlineAt === undefined ? {} : { deadlineAt }),
  ...(deletesAtDeadline === true ? { deletesAtDeadline } : {}),
  ...(startedAt === undefined ? {} : { startedAt }),
  ...(leavesDead === true ? { leavesDead } : {}),
  ...(pod.replicasOf === undefined ? {} : { replicasOf: pod.replicasOf }),
  ...(pod.maxUnavailable === undefined ? {} : { maxUnavailable: pod.maxUnavailable }),
  ...(pod.awaitsCompletion === true ? { awaitedJob: pod.workload } : {}),
});

/** A lost worker may have evicted the pod and died before its heartbeat. */
const withDoubt = (result: EvictionResult): EvictionResult =>
  result.outcome === 'Gone' && result.message === undefined ? { ...result, message: ANOTHER_ATTEMPT_LOST } : result;

/** Adds what the budget that blocked the pod until its deadline waits for. */
const explainTimeout = async (
  ended: Promise<EvictionResult>,
  entry: EvictionEntry,
  pendingPods: PendingPods,
): Promise<EvictionResult> => {
  try {
    return await ended;
  } catch (error) {
    if (!(error instanceof DecommissionFailure) || error.type !== FailureType.DrainTimeout) throw error;
    const pending = await pendingPods.describe(entry.progress.budget);
    throw pending === '' ? error : new DecommissionFailure(error.type, joinSentences(error.message, pending));
  }
};

const awaitEnd = async (activity: Context, entry: EvictionEntry): Promise<EvictionResult> => {
  try {
    return await Promise.race([entry.done, activity.cancelled]);
  } catch (error) {
    if (!(error instanceof CancelledFailure) || activity.cancellationDetails?.workerShutdown) throw error;
    return await toCancelledResult(entry, error);
  }
};

/** Waits for a call in flight first: undo must not start before it ends. */
const toCancelledResult = async (entry: EvictionEntry, cancellation: CancelledFailure): Promise<EvictionResult> => {
  await entry.call;
  entry.settleAbandoned(cancellation);
  return await entry.done;
};

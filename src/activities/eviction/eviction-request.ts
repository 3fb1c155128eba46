import type { OwnerReference, PodRef } from '../../domain/cluster/facts.ts';
import type { EvictionProgress } from '../../domain/run/status.ts';

/** What one `evictPod` activity asks of the node's coordinator. */
export interface EvictionRequest {
  readonly pod: PodRef;
  /** Absent: the pod's own. At least 1. */
  readonly gracePeriodSeconds?: number;
  /** The workload whose wanted replicas are judged directly before the eviction; absent: nothing is to be judged. */
  readonly replicasOf?: OwnerReference;
  /** Milliseconds since the epoch; absent: no deadline. */
  readonly deadlineAt?: number;
  /** Aborted: no further call is made for it. */
  readonly signal: AbortSignal;
  /** From the heartbeat of an earlier attempt. */
  readonly earlier?: EvictionProgress;
  /** Hears of every change, for the heartbeat. */
  readonly onProgress: (progress: EvictionProgress) => void;
}

/** How it ended. */
export interface EvictionResult {
  readonly outcome: 'Evicted' | 'Gone' | 'Terminating';
  /** RFC 3339; when the eviction was accepted, or sent if its answer was lost. */
  readonly evictedAt?: string;
  readonly goneAt?: string;
  readonly attempts: number;
  /** For people: how sure the outcome is, where it is not. */
  readonly message?: string;
}

import type { OwnerReference, PodRef } from '../../domain/cluster/facts.ts';
import type { CountOrPercent } from '../../domain/request/decommission-request.ts';
import type { EvictionProgress } from '../../domain/run/status.ts';

/** What one `evictPod` activity requests from the node's coordinator. */
export interface EvictionRequest {
  readonly pod: PodRef;
  /** Absent: the pod's own. At least 1. */
  readonly gracePeriodSeconds?: number;
  /** The workload whose desired replicas are checked directly before the eviction; absent: no check. */
  readonly replicasOf?: OwnerReference;
  /** While no budget selects it: how many pods of its workload may be missing at once. Absent: any number. */
  readonly maxUnavailable?: CountOrPercent;
  /** E.g. `Job/report`: it is evicted when its containers have ended; absent: at once. */
  readonly awaitedJob?: string;
  /** Milliseconds since the epoch; absent: no deadline. */
  readonly deadlineAt?: number;
  /** It is deleted shortly before the deadline, without regard to its budgets. */
  readonly deletesAtDeadline?: boolean;
  /** Milliseconds since the epoch: when the time until the deadline began; absent: now. */
  readonly startedAt?: number;
  /** It ends as terminating when only a kubelet that has stopped reporting could end the pod. */
  readonly leavesDead?: boolean;
  /** Once aborted, no further call is made. */
  readonly signal: AbortSignal;
  /** From the heartbeat of an earlier attempt. */
  readonly earlier?: EvictionProgress;
  /** Called with every change, for the heartbeat. */
  readonly onProgress: (progress: EvictionProgress) => void;
}

export interface EvictionResult {
  readonly outcome: 'Evicted' | 'Gone' | 'Terminating';
  /** RFC 3339; when the eviction was accepted, or sent if its response was lost. */
  readonly evictedAt?: string;
  readonly goneAt?: string;
  readonly attempts: number;
  /** For operators: why the outcome is uncertain, or what keeps the pod. */
  readonly message?: string;
  /** Sentences for the node's report; absent: none. */
  readonly notes?: readonly string[];
}

import type { ClusterAddress } from '../cluster/facts.ts';
import type { DrainEstimate } from '../estimate/drain-estimate.ts';
import type { StuckPod } from '../eviction/stuck-pod.ts';
import type { Outcome, PodOutcome, StepName, StepReport } from './report.ts';

export type { Attribution } from './attribution.ts';

/** Result of the query `status`, for a task (`decommissionNodes`) and for one node (`decommissionNode`). */
export interface RunStatus {
  readonly version: 1;
  readonly taskId: string;
  readonly cluster: string;
  /** Absent until the request is accepted, in a node's own workflow, and in runs of version 0.1.0. */
  readonly clusterAddress?: ClusterAddress;
  /** From the request; absent also in a node's own workflow. */
  readonly requestedBy?: string;
  readonly reason?: string;
  readonly phase:
    'Starting' | 'Preparing' | 'Draining' | 'Paused' | 'Undoing' | 'Finishing' | 'NeedsOperator' | 'Closed';
  /** One sentence: the current activity, or the reason for waiting. */
  readonly message: string;
  /** RFC 3339. */
  readonly startedAt: string;
  readonly paused?: PauseState;
  /** Of a task: its nodes that wait for an operator, while others may run; absent: none. */
  readonly parked?: readonly string[];
  /** Names of the nodes that wait for an approval; absent: none. */
  readonly awaitsApproval?: readonly string[];
  /** While no window of the request is open: when the next one opens, RFC 3339. */
  readonly opensAt?: string;
  /** Of a task: why nodes are not started yet, without a full stop; absent: none waits. */
  readonly waits?: string;
  /** Only when closed or parked. */
  readonly outcome?: Outcome;
  readonly nodes: readonly NodeStatus[];
}

/** Who paused it, why, and when. */
export interface PauseState {
  readonly by: string;
  readonly reason: string;
  /** RFC 3339. */
  readonly at: string;
}

/** The status of one node of a task. */
export interface NodeStatus {
  readonly nodeName: string;
  readonly outcome?: Outcome;
  readonly failedStep?: StepName;
  readonly steps: readonly StepReport[];
  /** In a task: the workflow with this node's pods. */
  readonly childWorkflowId?: string;
  readonly childRunId?: string;
  /** RFC 3339; pauses extend it. */
  readonly drainDeadlineAt?: string;
  /** Of its drain, as planned; absent when the plan has none, and in runs of version 0.1.0. */
  readonly estimate?: DrainEstimate;
  /** Only in the node's own workflow. The reason for waiting is in the heartbeat of the pod's activity `evict:<namespace>/<name>`. */
  readonly pods: readonly PodStatus[];
}

/** The status of one pod that leaves. */
export interface PodStatus {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  /** `Queued`: it is not evicted before other pods have left the node. */
  readonly state: 'Queued' | 'Evicting' | PodOutcome;
  /** Of a `Queued` pod: the reason, without a full stop. */
  readonly waits?: string;
  /** E.g. `Deployment/web`; empty for bare pods; absent in the status of closed runs. */
  readonly workload?: string;
  /** RFC 3339; of a pod that is gone, by an eviction of this run. */
  readonly evictedAt?: string;
  readonly goneAt?: string;
}

/** Heartbeat details of `evictPod`; not available to the workflow, `status` joins them from the pending activities. */
export interface EvictionProgress {
  readonly podUid: string;
  readonly state:
    | 'Surging'
    | 'AwaitsCompletion'
    | 'Queued'
    | 'BlockedByBudget'
    | 'BlockedByOwnerLimit'
    | 'Refused'
    | 'Evicting'
    | 'Terminating';
  /** One sentence for operators, e.g. `budget default/web-pdb allows 0 now: 3 healthy, 3 needed`. */
  readonly message: string;
  /** `namespace/name` of the blocking budget. */
  readonly budget?: string;
  /** What keeps the pod; absent when nothing known does, and from workers of version 0.1. */
  readonly stuck?: StuckPod;
  /** Evictions sent so far. */
  readonly attempts: number;
  /** RFC 3339; set once the API server accepted the eviction. */
  readonly acceptedAt?: string;
  /** RFC 3339; when the pod was deleted without regard to its budgets (`onTimeout: delete`). */
  readonly deletedAt?: string;
  /** RFC 3339; when an eviction without a response was sent: it may have taken effect. */
  readonly unansweredAt?: string;
}

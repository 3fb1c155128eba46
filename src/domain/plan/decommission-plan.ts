import type { ClusterAddress, ClusterIdentity, PodRef } from '../cluster/facts.ts';
import type { DrainEstimate, TaskEstimate } from '../estimate/drain-estimate.ts';
import type { HostLayout } from '../host/preview.ts';
import type { NodeMachine } from '../node/node-target.ts';
import type { CountOrPercent } from '../request/decommission-request.ts';

/** The findings of preflight and what the run will do; query `plan`, CLI `plan`, recorded in history. */
export interface DecommissionPlan {
  readonly version: 1;
  readonly taskId: string;
  readonly cluster: string;
  readonly clusterIdentity: ClusterIdentity;
  /** Absent in plans of version 0.1.0. */
  readonly clusterAddress?: ClusterAddress;
  /** RFC 3339. */
  readonly createdAt: string;
  readonly verdict: 'Go' | 'Refused';
  readonly nodes: readonly NodePlan[];
  readonly budgets: readonly BudgetPlan[];
  readonly forecasts: readonly BudgetForecast[];
  /** Of the drains of all nodes; absent when preflight was `skip`, and in plans of version 0.1.0. */
  readonly estimate?: TaskEstimate;
  readonly findings: readonly Finding[];
}

/** What the task does to one node. */
export interface NodePlan extends NodeMachine {
  /** Cordoned before the task: it then stays cordoned after an undo. */
  readonly wasUnschedulable: boolean;
  /** Label `topology.kubernetes.io/zone`; absent without that label, and in plans of version 0.1.0. */
  readonly zone?: string;
  /** How many pods leave, listed or not; absent in plans of version 0.1.0. */
  readonly leavingPodCount?: number;
  readonly pods: readonly PodPlan[];
  /** Keys of the workloads of pods that a large plan does not list, each once; see `toWorkloadKey`. Absent when all pods are listed. */
  readonly unlistedWorkloads?: readonly string[];
  /** How many pods a large plan does not list; absent: none. */
  readonly unlistedPodCount?: number;
  /** Of its drain; absent when no pod leaves, when preflight was `skip`, and in plans of version 0.1.0. */
  readonly estimate?: DrainEstimate;
  /** As preflight saw the host; absent when it is not cleaned, or could not be checked. */
  readonly host?: HostLayout;
}

/**
 * `evict`: through the Eviction API. `wait`: already terminating. `stay`: not removed by a drain (DaemonSet, mirror).
 * `refuse`: requires a setting that is missing in the request.
 */
export type PodDisposition = 'evict' | 'wait' | 'stay' | 'refuse';

/** What happens to one pod of a node. */
export interface PodPlan extends PodRef {
  readonly disposition: PodDisposition;
  /** Reason for a disposition other than plain `evict`, in the present tense; with the override if there is one. */
  readonly reason: string;
  /** E.g. `Deployment/web`; empty for bare pods. */
  readonly workload: string;
  /** Only for `evict`; absent when preflight was `skip`. */
  readonly placement?: Placement;
}

/** Whether the pod can be scheduled again, as kube-scheduler's own plugins decide in several trials of the drain and of its end. */
export interface Placement {
  /**
   * `fits`: has a place in every trial. `likely`: in some. `doesNotFit`: in none. `unknown`: another scheduler decides, a fact is missing, or
   * only a preemption would make room. Plans of 0.1 have no `likely`, and evaluated fewer constraints.
   */
  readonly verdict: 'fits' | 'likely' | 'doesNotFit' | 'unknown';
  /** A node with room; the scheduler may choose another one. */
  readonly nodeName?: string;
  /** With the scheduler's wording, e.g. `0/3 nodes are available: 1 Insufficient cpu, 2 node(s) were unschedulable.` */
  readonly message: string;
}

/** What the task does about the budget of one workload. */
export interface BudgetPlan {
  readonly action: 'create' | 'annotate' | 'none';
  readonly namespace: string;
  /** Of the budget; empty for `none`. */
  readonly name: string;
  /** E.g. `Deployment/web`. */
  readonly workload: string;
  readonly maxUnavailable?: CountOrPercent;
  /** Why the budget is created or annotated, or why there is none to add. */
  readonly reason: string;
}

/** Whether a budget allows the evictions that the task needs. */
export interface BudgetForecast {
  readonly namespace: string;
  readonly name: string;
  /** Disruptions that it allows at the moment. */
  readonly allowedNow: number;
  /** Evictions on the nodes of this task that it is charged for. */
  readonly needed: number;
  /** `never`: no disruption is allowed even when all pods are healthy, so waiting cannot help. */
  readonly verdict: 'enough' | 'inTurns' | 'waits' | 'never' | 'unknown';
  readonly message: string;
  /** For `never`: whom to ask for which change, without a full stop; absent in plans of version 0.1.0. */
  readonly remedy?: string;
}

/** What a finding is about; docs/findings-and-failures.md has cause and remedy of each. */
export type FindingCode =
  | 'PlanChanged'
  | 'NodeNotFound'
  | 'NodeIsDeleting'
  | 'ControlPlaneNode'
  | 'ForeignOwner'
  | 'NodeHasFinalizers'
  | 'NodeNotReady'
  | 'NoOtherNode'
  | 'LastNodeOfGroup'
  | 'NodeLocked'
  | 'PastPointOfNoReturn'
  | 'OwnWorkerOnNode'
  | 'OwnTemporalOnNode'
  | 'HostUnreachable'
  | 'HostUnusable'
  | 'HostNotProven'
  | 'MissingRights'
  | 'NodeDeletionDenied'
  | 'BudgetCreationDenied'
  | 'ReplacementDenied'
  | 'ReplacementOverQuota'
  | 'PodDoesNotFit'
  | 'PodMayNotFit'
  | 'PodPendingUntilDeletion'
  | 'PodPlacementUnknown'
  | 'NoRoomTogether'
  | 'PodPinnedToNode'
  | 'SingleReplica'
  | 'LastEndpointOfService'
  | 'LocalTrafficLost'
  | 'SurgeNotPossible'
  | 'BarePod'
  | 'EmptyDirData'
  | 'DaemonSetPod'
  | 'MultipleBudgets'
  | 'BudgetNeverAllows'
  | 'BudgetWaits'
  | 'BudgetWouldOverlap'
  | 'WorkloadUnprotected'
  | 'DrainMayExceedTimeout'
  | 'NotSafeToEvict'
  | 'JobStartsOver'
  | 'JobAwaited'
  | 'ToleratesCordon'
  | 'FinishedPod'
  | 'AlreadyUnschedulable'
  | 'MachineKeepsRunning'
  | 'VolumeLeftAttached'
  | 'NotChecked';

/** Something that preflight found. */
export interface Finding {
  readonly code: FindingCode;
  /** `refusal` ends the run before any change; `warning` is recorded; `info` is informational. */
  readonly severity: 'refusal' | 'warning' | 'info';
  /** The object concerned, e.g. `default/web-1` or `node-1`. */
  readonly subject: string;
  readonly nodeName?: string;
  /** One sentence: what, why, what to do. */
  readonly message: string;
  /** The request setting that overrides the refusal, e.g. `force: true`. */
  readonly override?: string;
}

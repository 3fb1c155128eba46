import type { CountOrPercent, DecommissionRequest } from '../request/decommission-request.ts';
import type { ClusterAddress, ClusterIdentity, OwnerReference, PodRef } from '../cluster/facts.ts';
import type { LockHolder } from '../node/lock.ts';
import type { SteeringData } from '../steering/steering.ts';
import type { NodePlan } from '../plan/decommission-plan.ts';
import type { DeadNode } from '../node/out-of-service.ts';
import type { EarlierMarks } from '../node/repair-commands.ts';
import type { ReturningPodsData } from '../eviction/returning-pods-data.ts';
import type { ReplacedWorkload } from '../replacements/replaced-workload.ts';
import type { PodReport, StepReport } from './report.ts';
import type { SearchAttributeName } from './search-attributes.ts';
import type { PauseState } from './status.ts';
import type { WaitSettings } from './wait-settings.ts';

/** Input of every activity of a task: the task that it works for, and the only cluster that it may change. */
export interface TaskContext {
  readonly taskId: string;
  readonly cluster: string;
  readonly clusterIdentity: ClusterIdentity;
  readonly holder: LockHolder;
  readonly requestedBy?: string;
  readonly reason?: string;
}

/** A validated request with the worker's additions. In a node's own workflow, `nodeNames` has only that node. Recorded once, so that a changed setting cannot break replay. */
export interface AcceptedTask {
  readonly context: TaskContext;
  readonly request: DecommissionRequest;
  readonly fingerprint: string;
  readonly waits: WaitSettings;
  /** For status and report. */
  readonly clusterAddress?: ClusterAddress;
  /** Those that are registered in the namespace; absent: none. */
  readonly searchAttributes?: readonly SearchAttributeName[];
  /** The worker that accepted the request stores reports outside of Temporal. */
  readonly storesReports?: true;
  /** That worker has a hook that ends the machines of this cluster; absent: the step `endMachine` is skipped. */
  readonly endsMachines?: true;
}

/** What a node's workflow passes on when it continues as new while pods wait for their eviction: plain JSON. */
export interface ContinuedNode {
  /** Of the first run, RFC 3339. */
  readonly startedAt: string;
  readonly pods: readonly PodReport[];
  /** By UID of the pod: its workload. */
  readonly workloads: readonly (readonly [string, string])[];
  readonly notes: readonly string[];
  readonly paused?: PauseState;
  readonly steering: SteeringData;
  readonly drain: {
    /** Milliseconds since the epoch. */
    readonly startedAt: number;
    /** Of the time since then. */
    readonly pausedMilliseconds: number;
    readonly returning: ReturningPodsData;
    /** Whose replacements are waited for; absent: none. */
    readonly replaced?: readonly ReplacedWorkload[];
    /** Milliseconds since the epoch: when the wait for these began; absent: it has not. */
    readonly replacementsAwaitedFrom?: number;
  };
}

/** Input of `decommissionNode` when a task starts it, or when it continues as new. */
export interface NodeWorkflowInput {
  readonly kind: 'nodeOrder';
  readonly task: AcceptedTask;
  readonly node: Omit<NodePlan, 'pods'>;
  /** Steps as the task left them: preflight, budgets and cordon have ended. */
  readonly steps: readonly StepReport[];
  /** The earlier state that the cordon recorded; absent when its response was lost. */
  readonly earlier?: EarlierMarks;
  /** Keys of the workloads on the node at planning time; see `toWorkloadKey`. Absent: the plan was too large to list them. */
  readonly plannedWorkloads?: readonly string[];
  /** Nodes of the task that were not started when this one was, at most 100. Absent in histories of version 0.1.0. */
  readonly laterNodeNames?: readonly string[];
  /** Set by an earlier run of the same workflow; `steps` are as that run left them. */
  readonly continued?: ContinuedNode;
}

/** A pod to evict from the node, or to wait for. */
export interface EvictionTarget extends PodRef {
  /** UID of its top-most workload; empty for bare pods. */
  readonly workloadUid: string;
  /** E.g. `Deployment/web`; empty for bare pods. */
  readonly workload: string;
  /** It has no workload. */
  readonly isBare?: true;
  /**
   * The workload whose replica count is checked again immediately before the eviction; absent when it has no replica count, or the
   * request allows the outage of a single replica.
   */
  readonly replicasOf?: OwnerReference;
  /** While no budget selects it: how many pods of its workload may be missing at once (`toOwnerLimit`). Absent: any number. */
  readonly maxUnavailable?: CountOrPercent;
  /** The Job that is its workload is waited for: it is evicted when its containers have ended. */
  readonly awaitsCompletion?: true;
  /**
   * It is system-critical: evicted when no ordinary pod is left on the node. `terminating`: nothing is sent for it any more. Absent in histories of
   * version 0.1.0, whose workers decided the order.
   */
  readonly systemCritical?: 'running' | 'terminating';
  /** Of a system-critical pod that `onTimeout: delete` may delete. */
  readonly terminationGracePeriodSeconds?: number;
  /** The Deployment whose only pod it is, and whose second replica has to be available before it is removed. */
  readonly surges?: OwnerReference;
}

/** The node's pods from one uncached read, classified. */
export interface DrainState {
  /** Still on the node: to evict, or already terminating. */
  readonly targets: readonly EvictionTarget[];
  /** Pods that require a setting that is missing in the request: sentences. */
  readonly refusals: readonly string[];
  /** DaemonSet and mirror pods, and those that the request keeps. */
  readonly stayingCount: number;
  /** `namespace/name` of pods that the request keeps (`keepPods`), sorted; absent: none. */
  readonly kept?: readonly string[];
  /** Of `targets`, those whose replacements are waited for; absent: none. */
  readonly replaced?: readonly ReplacedWorkload[];
  /** `stayingCount` is 0, so that no DaemonSet pod has to end; absent: otherwise, and in histories of version 0.1.0. */
  readonly nothingStays?: true;
  /** Budgets cover all pods that can have one, with the mark of this task where it needs one; absent: unknown. */
  readonly isCovered?: true;
  /** Absent: the node is not dead, or the request refuses dead nodes. */
  readonly dead?: DeadNode;
}

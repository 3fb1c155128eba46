import type { DecommissionRequest } from '../request/decommission-request.ts';
import type { ClusterAddress, ClusterIdentity, OwnerReference, PodRef } from '../cluster/facts.ts';
import type { LockHolder } from '../node/lock.ts';
import type { NodePlan } from '../plan/decommission-plan.ts';
import type { EarlierMarks } from '../node/repair-commands.ts';
import type { StepReport } from './report.ts';
import type { WaitSettings } from './wait-settings.ts';

/** What every activity of a task is told: whose work it does, and on which cluster it may do it. */
export interface TaskContext {
  readonly taskId: string;
  readonly cluster: string;
  readonly clusterIdentity: ClusterIdentity;
  readonly holder: LockHolder;
  readonly requestedBy?: string;
  readonly reason?: string;
}

/** A request that passed its checks, with what the worker adds to it. Recorded once, so that a changed setting cannot break replay. */
export interface AcceptedTask {
  readonly context: TaskContext;
  readonly request: DecommissionRequest;
  readonly fingerprint: string;
  readonly waits: WaitSettings;
  /** For status and report. Absent in histories of version 0.1.0. */
  readonly clusterAddress?: ClusterAddress;
}

/** A node as the plan saw it; anything of the same name with another UID is somebody else's. */
export interface NodeTarget {
  readonly nodeName: string;
  readonly nodeUid: string;
  readonly machineID: string;
}

/** Input of `decommissionNode` when a task starts it. */
export interface NodeWorkflowInput {
  readonly kind: 'nodeOrder';
  readonly task: AcceptedTask;
  readonly node: Omit<NodePlan, 'pods'>;
  /** Steps as the task left them: preflight, budgets and cordon are through. */
  readonly steps: readonly StepReport[];
  /** What the cordon recorded; absent when its answer was lost. */
  readonly earlier?: EarlierMarks;
  /** Keys of the workloads that the plan saw on the node; see `toWorkloadKey`. */
  readonly plannedWorkloads: readonly string[];
}

/** A pod to be removed from the node, or to be waited for. */
export interface EvictionTarget extends PodRef {
  /** UID of its top-most workload; empty for bare pods. */
  readonly workloadUid: string;
  /** E.g. `Deployment/web`; empty for bare pods. */
  readonly workload: string;
  /**
   * It has no workload. Recorded for `ReturningPods`, which runs in the workflow: in histories without it bare pods must not count as
   * coming back, or their replay would take another way.
   */
  readonly isBare?: true;
  /** Names of the PersistentVolumes it uses. */
  readonly volumeNames: readonly string[];
  /**
   * The workload whose wanted replicas are judged once more directly before the eviction; absent when it has no such number, or the
   * request consents to the outage of a single replica.
   */
  readonly replicasOf?: OwnerReference;
}

/** One uncached look at the node's pods, judged. */
export interface DrainState {
  /** Still to go: to evict, or already terminating. */
  readonly targets: readonly EvictionTarget[];
  /** Pods that need a consent that the request does not give: sentences. */
  readonly refusals: readonly string[];
  /** DaemonSet and mirror pods. */
  readonly stayingCount: number;
}

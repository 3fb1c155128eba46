import type { PlanBasis } from '../plan/plan-basis.ts';

/** A percentage such as `"25%"`, or a count. */
export type CountOrPercent = number | string;

export interface WorkloadName {
  readonly namespace: string;
  readonly name: string;
}

/** When nodes may start. */
export interface TimeWindow {
  /** When it opens: minute, hour, day of month, month and day of week. */
  readonly cron: string;
  /** IANA name, e.g. `Europe/Berlin`. */
  readonly timeZone: string;
  /** At least 1. */
  readonly durationMinutes: number;
}

/** The request in canonical form: validated, with all defaults. The README has the table of keys. */
export interface DecommissionRequest {
  readonly nodeNames: readonly string[];
  readonly taskId: string;
  readonly requestedBy?: string;
  readonly reason?: string;
  readonly cluster: string;
  /** Allows evicting bare (unmanaged) pods, which are not recreated. */
  readonly force: boolean;
  readonly ignoreDaemonSets: boolean;
  /**
   * What becomes of DaemonSet pods that the drain leaves, once the node is empty: evicted before the kubelet is stopped or the Node deleted, or
   * left to end with it. Absent in requests of 0.1: left.
   */
  readonly daemonSets?: 'terminateLast' | 'leave';
  readonly deleteEmptyDirData: boolean;
  /** Bounds the drain of one node, in seconds, pauses excluded; absent: no bound. */
  readonly timeoutSeconds?: number;
  /**
   * What happens to pods that are still on the node shortly before `timeoutSeconds`: the run fails and is undone, or they are deleted without
   * regard to their budgets. Absent in requests of 0.1: undone.
   */
  readonly onTimeout?: 'rollBack' | 'delete';
  /** At least 1; absent: each pod's own. */
  readonly gracePeriodSeconds?: number;
  readonly maxUnavailable: CountOrPercent;
  /** True when the caller set `maxUnavailable`: only then may more than one pod of a StatefulSet be unavailable. */
  readonly maxUnavailableGiven: boolean;
  readonly replicaSets?: readonly WorkloadName[];
  readonly statefulSets?: readonly WorkloadName[];
  readonly cloneSets?: readonly WorkloadName[];
  readonly preflight: 'enforce' | 'warn' | 'skip';
  /** Too little room for the pods is a warning: an autoscaler adds nodes. Absent in requests of 0.1: no. */
  readonly assumeAutoscaling?: boolean;
  readonly singleReplica: 'block' | 'surge' | 'evict';
  /**
   * What becomes of pods of Jobs: evicted, so that their work starts over, or waited for within `timeoutSeconds`. Absent in requests of 0.1: evicted.
   */
  readonly jobs?: 'evict' | 'waitForCompletion';
  /**
   * What becomes of a node whose kubelet does not report: it is refused; or its pods are evicted within their budgets, and when all that remain
   * are terminating, an operator confirms with `approve` and `machineIsOff` that its machine is powered off, and the node is marked out of service.
   * Absent in requests of 0.1: refused.
   */
  readonly deadNode?: 'refuse' | 'outOfService';
  /** Label selector of pods that are left on the node, which stays; absent: none. */
  readonly keepPods?: string;
  /**
   * A node counts as drained only when the workloads of its pods have as many Ready pods as before, or as many as they want now, within
   * `timeoutSeconds`. Absent in requests of 0.1: not waited for.
   */
  readonly waitForReplacements?: boolean;
  readonly hostCleanup: 'required' | 'bestEffort' | 'skip';
  readonly deleteNode: boolean;
  /** How many nodes are decommissioned at once; a percentage of the task's nodes is rounded down, to at least one. */
  readonly maxConcurrentNodes: CountOrPercent;
  /** How many of one zone at once, at least 1; absent: as many as `maxConcurrentNodes`. */
  readonly maxConcurrentPerZone?: number;
  /** All nodes of a zone end before the next zone starts. Absent in requests of 0.1: no. */
  readonly oneZoneAtATime?: boolean;
  /** Absent in requests of 0.1: as given. */
  readonly nodeOrder?: 'asGiven' | 'fewestPodsFirst' | 'zoneByZone';
  /** Absent in requests of 0.1: all first. */
  readonly cordon?: 'allFirst' | 'inTurn';
  /** After so many nodes that were not decommissioned, at least 1, no other node starts. Absent in requests of 0.1: 1. */
  readonly stopAfterFailures?: number;
  /** What other nodes do while a node waits for an operator. Absent in requests of 0.1: they wait. */
  readonly onNodeParked?: 'wait' | 'continue' | 'stop';
  /** No node starts while none of them is open; absent: at any time. */
  readonly windows?: readonly TimeWindow[];
  /**
   * What a node does whose drain runs when the last open window closes: it finishes, or sends no other eviction until the next one opens. Past its point of no
   * return it always finishes. Absent in requests of 0.1: it finishes.
   */
  readonly onWindowClose?: 'finishNode' | 'pause';
  readonly approval: 'none' | 'beforeEviction' | 'beforeNodeDeletion';
  readonly dryRun: boolean;
  /** The run is refused if it would do more than this plan contains. */
  readonly expectedPlan?: PlanBasis;
}

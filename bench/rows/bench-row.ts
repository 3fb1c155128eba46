import type { CountOrPercent } from '../../src/domain/request/decommission-request.ts';

/** One workload on the node that is drained. All of its pods are there, and have the same times. */
export interface RowWorkload {
  readonly name: string;
  /** `Pod`: without a controller, so that its pods are not replaced. */
  readonly kind: 'Deployment' | 'StatefulSet' | 'Job' | 'Pod';
  readonly pods: number;
  /** From the deletion request to the removal of a pod. */
  readonly terminationSeconds: number;
  /** From the start of a replacement until it is Ready. */
  readonly readySeconds: number;
  /** `maxUnavailable` of its PodDisruptionBudget; absent: it has none. */
  readonly budget?: CountOrPercent;
  readonly isSystemCritical?: boolean;
  readonly hasEmptyDir?: boolean;
}

/** One row of the benchmark: what is on the node. Both tools drain a node like it. */
export interface BenchRow {
  readonly name: string;
  readonly workloads: readonly RowWorkload[];
  /** Pods of a DaemonSet, which both tools leave on the node. */
  readonly daemonSetPods?: number;
}

/** How many pods leave the node. Pure. */
export const countPods = ({ workloads }: BenchRow): number => workloads.reduce((sum, { pods }) => sum + pods, 0);

import type { KubernetesObject } from '../../../stack/cluster-fixtures/kubernetes-object.ts';
import type { PodShape } from '../../../stack/cluster-fixtures/pod-template.ts';
import type { Random } from './random.ts';

/** What a workload is generated for. */
export interface ClusterScene {
  readonly random: Random;
  readonly namespace: string;
  readonly zones: readonly string[];
  readonly nodeNames: readonly string[];
  /** Names of the workloads before this one. */
  readonly workloadNames: readonly string[];
}

/** What limits where the pods of a workload can run. */
export interface Constraint {
  readonly pod?: PodShape;
  /** Fields of the pod's specification that `PodShape` does not have. */
  readonly spec?: Readonly<Record<string, unknown>>;
  readonly replicas?: number;
  readonly objects?: readonly KubernetesObject[];
}

export const POOL_LABEL = 'example.com/pool';
export const TAINT = { key: 'example.com/dedicated', value: 'batch', effect: 'NoSchedule' };
/** Only nodes that declare it can run pods with a rule that restarts all their containers. */
export const DECLARED_FEATURE = 'RestartAllContainersOnContainerExits';
/** Volumes of it exist on the nodes, and are bound when a pod is scheduled. */
export const toLocalClassName = (namespace: string): string => `${namespace}-local`;
/** Pods of it preempt others, or wait. */
export const toPriorityClassName = (namespace: string, preempts: boolean): string =>
  `${namespace}-${preempts ? 'preempting' : 'waiting'}`;

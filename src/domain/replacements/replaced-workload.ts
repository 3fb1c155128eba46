import type { OwnerReference, PodFacts, WorkloadFacts } from '../cluster/facts.ts';
import { isOfKind } from '../cluster/object-kind.ts';
import { findWorkload, type WorkloadIndex } from '../cluster/workload-index.ts';

/** A workload whose pods leave a node, as it was when they were first seen there: plain JSON. */
export interface ReplacedWorkload {
  readonly namespace: string;
  readonly owner: OwnerReference;
  /** Its Ready pods, at most as many as it wanted; absent: how many it wants is unknown, so its replacements are not waited for. */
  readonly readyBefore?: number;
}

/** `Deployment shop/web`, for messages. */
export const toReplacedName = ({ namespace, owner }: Pick<ReplacedWorkload, 'namespace' | 'owner'>): string =>
  `${owner.kind} ${namespace}/${owner.name}`;

/**
 * The workloads of these pods that replace them, each once. A Job is left out: it may end without another pod. So are bare pods, and what
 * stays on its node. Pure.
 */
export const findReplacedWorkloads = (pods: readonly PodFacts[], index: WorkloadIndex): readonly ReplacedWorkload[] => {
  const workloads = new Map<string, WorkloadFacts>();
  for (const pod of pods) {
    const workload = findWorkload(pod, index);
    if (workload !== undefined && !isLeftOut(workload)) workloads.set(workload.uid, workload);
  }
  return [...workloads.values()].map(toReplacedWorkload);
};

const isLeftOut = (workload: WorkloadFacts): boolean =>
  isOfKind(workload, 'batch', 'Job') || isOfKind(workload, 'apps', 'DaemonSet');

const toReplacedWorkload = (workload: WorkloadFacts): ReplacedWorkload => {
  const { apiVersion, kind, namespace, name, uid, replicas, selector, readyReplicas = replicas } = workload;
  const owner = { apiVersion, kind, name, uid, controller: true };
  if (replicas === undefined || readyReplicas === undefined || selector === undefined) return { namespace, owner };
  return { namespace, owner, readyBefore: Math.min(readyReplicas, replicas) };
};

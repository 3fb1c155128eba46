import type { OwnerReference, PodFacts, PodRef } from '../cluster/facts.ts';
import { isOfKind } from '../cluster/object-kind.ts';
import { findWorkload, toWorkloadLabel, type WorkloadIndex } from '../cluster/workload-index.ts';
import { comparePods } from '../eviction/classify-pod.ts';

/** The API server's response to a dry run of a creation, which has no effect. */
export type CreationAnswer =
  | { readonly kind: 'admitted' }
  /** Nothing is created there any more, and what is there is deleted. */
  | { readonly kind: 'namespaceTerminating' }
  /** By a webhook, a policy or an admission plugin; with its message. */
  | { readonly kind: 'denied'; readonly message: string }
  | { readonly kind: 'overQuota'; readonly message: string }
  /** It could not be tried, e.g. because a webhook does not support dry runs. */
  | { readonly kind: 'unknown'; readonly message: string };

/** A pod as it will be recreated. */
export interface Replacement {
  /** The pod that is replaced. */
  readonly pod: PodRef;
  /** The controller that will create it. */
  readonly controller: OwnerReference;
  /** E.g. `Deployment/web`. */
  readonly workload: string;
  /** The workload whose pod template it is created from; absent: as the pod itself, because the kind's template is unknown. */
  readonly template?: { readonly apiVersion: string; readonly kind: string; readonly name: string };
}

export interface ReplacementTrial extends Replacement {
  readonly answer: CreationAnswer;
}

export interface BudgetTrial {
  readonly namespace: string;
  readonly name: string;
  readonly answer: CreationAnswer;
}

/** One replacement of each workload among the pods that move: its pods are admitted alike. By namespace and name of the pod. Pure. */
export const planReplacements = (podsToMove: readonly PodFacts[], index: WorkloadIndex): readonly Replacement[] => {
  const byWorkload = new Map<string, Replacement>();
  for (const pod of [...podsToMove].sort(comparePods)) {
    const workload = findWorkload(pod, index);
    const { controller, namespace, name, uid } = pod;
    if (workload === undefined || controller === undefined || byWorkload.has(workload.uid)) continue;
    const template = findTemplate(controller, index);
    byWorkload.set(workload.uid, {
      pod: { namespace, name, uid },
      controller,
      workload: toWorkloadLabel(workload),
      ...(template === undefined ? {} : { template }),
    });
  }
  return [...byWorkload.values()];
};

/** A Deployment whose rollout is paused has no template among the facts: its ReplicaSets then recreate their pods as they are. */
const findTemplate = (controller: OwnerReference, index: WorkloadIndex): Replacement['template'] => {
  const owner = index[controller.uid] ?? undefined;
  if (owner === undefined || !WITH_TEMPLATE.some(([group, kind]) => isOfKind(owner, group, kind))) return undefined;
  const above = owner.controller === undefined ? undefined : index[owner.controller.uid];
  const isDeployed = above?.podTemplate !== undefined && isOfKind(above, 'apps', 'Deployment');
  const { apiVersion, kind, name } = isDeployed ? above : owner;
  return { apiVersion, kind, name };
};

/** Kinds, with their API groups, that create pods from `spec.template`. */
const WITH_TEMPLATE: readonly (readonly [group: string, kind: string])[] = [
  ['apps', 'ReplicaSet'],
  ['apps', 'StatefulSet'],
  ['batch', 'Job'],
  ['', 'ReplicationController'],
];

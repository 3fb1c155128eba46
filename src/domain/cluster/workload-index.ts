import type { OwnerReference, PodFacts, WorkloadFacts } from './facts.ts';
import { isOfKind, toApiGroup } from './object-kind.ts';

/** The owners that were read, by UID; `null` = no longer exists. A UID that is missing was not read. */
export type WorkloadIndex = Readonly<Record<string, WorkloadFacts | null>>;

export interface OwnerToRead {
  readonly namespace: string;
  readonly owner: OwnerReference;
}

/** A pod or a workload: a namespaced object that may have a controller. */
export interface Owned {
  readonly namespace: string;
  readonly controller?: OwnerReference;
}

/**
 * The controllers that are missing from an index for these pods, each once: those of the pods, and those of the ReplicaSets in the
 * index. Read and add them, then call again until the result is empty (two rounds at most). The owner of a mirror pod, its Node, is not
 * a workload.
 */
export const ownersToRead = (pods: readonly Owned[], index: WorkloadIndex = {}): readonly OwnerToRead[] => {
  const replicaSets = Object.values(index)
    .filter((found) => found !== null)
    .filter(isReplicaSet);
  const owned: readonly Owned[] = [...pods, ...replicaSets];
  const owners = new Map<string, OwnerToRead>();
  for (const { namespace, controller } of owned) {
    if (controller === undefined || isOfKind(controller, '', 'Node') || controller.uid in index) continue;
    owners.set(controller.uid, { namespace, owner: controller });
  }
  return [...owners.values()];
};

/**
 * The workload whose replica count and selector apply to the pod: its controller, or for a ReplicaSet the controller of that
 * (a Deployment), because a ReplicaSet has fewer replicas than its Deployment during a rollout. A ReplicaSet whose controller has no
 * replica count or may not be read is the workload itself, as for the disruption controller (k/k `disruption.go`,
 * `getPodReplicaSet`). Undefined for a bare pod: no controller, or one that no longer exists. An owner that was not read counts as
 * existing, with only its name known.
 */
export const findWorkload = (pod: Owned, index: WorkloadIndex): WorkloadFacts | undefined => {
  const direct = findController(pod, index);
  if (direct === undefined || !isReplicaSet(direct)) return direct;
  const above = findController(direct, index);
  return above === undefined || isKnownCountless(above, index) ? direct : above;
};

/**
 * The workload whose pod template sends the pod to a node of its own (`templateNodeName`); undefined when none does. An owner other than a
 * Deployment may have its template elsewhere (`workloadRef` of Argo Rollouts): then its ReplicaSet has it.
 */
export const findBinding = (
  pod: PodFacts,
  index: WorkloadIndex,
): (WorkloadFacts & { readonly templateNodeName: string }) | undefined => {
  const workload = findWorkload(pod, index);
  const direct = findController(pod, index);
  const candidates =
    workload !== undefined && isOfKind(workload, 'apps', 'Deployment') ? [workload] : [workload, direct];
  for (const candidate of candidates) {
    if (candidate?.templateNodeName !== undefined)
      return { ...candidate, templateNodeName: candidate.templateNodeName };
  }
  return undefined;
};

/** E.g. `Deployment/web`; empty for none. */
export const toWorkloadLabel = (workload: Pick<WorkloadFacts, 'kind' | 'name'> | undefined): string =>
  workload === undefined ? '' : `${workload.kind}/${workload.name}`;

/** Which permission to grant so that an unreadable owner can be evaluated. */
export const toGrantAdvice = ({ apiVersion, kind }: Pick<WorkloadFacts, 'apiVersion' | 'kind'>): string =>
  `grant \`get\` on kind ${kind} of API group ${toApiGroup(apiVersion)} and on its scale subresource`;

const isKnownCountless = ({ uid, replicas }: WorkloadFacts, index: WorkloadIndex): boolean =>
  replicas === undefined && uid in index;

const isReplicaSet = (workload: WorkloadFacts): boolean => isOfKind(workload, 'apps', 'ReplicaSet');

const findController = ({ namespace, controller }: Owned, index: WorkloadIndex): WorkloadFacts | undefined => {
  if (controller === undefined) return undefined;
  const found = index[controller.uid];
  if (found === undefined) return toUnreadWorkload(namespace, controller);
  return found !== null && isReferenceTo(controller, found) ? found : undefined;
};

/** The UID is unique in a cluster; group and kind guard against an index with wrong entries. */
const isReferenceTo = (owner: OwnerReference, workload: WorkloadFacts): boolean =>
  owner.uid === workload.uid && isOfKind(workload, toApiGroup(owner.apiVersion), owner.kind);

const toUnreadWorkload = (namespace: string, owner: OwnerReference): WorkloadFacts => ({
  apiVersion: owner.apiVersion,
  kind: owner.kind,
  namespace,
  name: owner.name,
  uid: owner.uid,
});

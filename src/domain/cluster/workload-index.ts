import type { OwnerReference, PodFacts, WorkloadFacts } from './facts.ts';
import { isOfKind, toApiGroup } from './object-kind.ts';

/** What was found for each owner's UID; `null` = looked up and gone. An UID that is missing was not looked up. */
export type WorkloadIndex = Readonly<Record<string, WorkloadFacts | null>>;

export interface OwnerToRead {
  readonly namespace: string;
  readonly owner: OwnerReference;
}

/** A pod or a workload: something in a namespace that may have a controller. */
interface Owned {
  readonly namespace: string;
  readonly controller?: OwnerReference;
}

/**
 * The controllers that an index for these pods still lacks, each once: those of the pods, and those of the ReplicaSets that the index
 * has. Read them, add them, ask again until nothing is left (two rounds at most). A mirror pod's owner is its Node: not a workload.
 */
export const ownersToRead = (pods: readonly PodFacts[], index: WorkloadIndex = {}): readonly OwnerToRead[] => {
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
 * The workload whose replica count and selector speak for the pod: its controller, or for a ReplicaSet the controller of that
 * (a Deployment), because a ReplicaSet in mid-rollout wants fewer pods than its Deployment. A ReplicaSet whose controller tells no
 * replica count, or may not be read, speaks for itself, as it does to the disruption controller (k/k `disruption.go`,
 * `getPodReplicaSet`). Undefined for a bare pod: no controller, or one that is gone. An owner that was not looked up counts as there,
 * with nothing known of it but its name.
 */
export const findWorkload = (pod: PodFacts, index: WorkloadIndex): WorkloadFacts | undefined => {
  const direct = findController(pod, index);
  if (direct === undefined || !isReplicaSet(direct)) return direct;
  const above = findController(direct, index);
  return above === undefined || isKnownCountless(above, index) ? direct : above;
};

/** E.g. `Deployment/web`; empty for none. */
export const toWorkloadLabel = (workload: Pick<WorkloadFacts, 'kind' | 'name'> | undefined): string =>
  workload === undefined ? '' : `${workload.kind}/${workload.name}`;

/** What to grant so that an unreadable owner can be judged. */
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

/** The UID alone would do in one cluster; group and kind guard against an index that was filled with something else. */
const isReferenceTo = (owner: OwnerReference, workload: WorkloadFacts): boolean =>
  owner.uid === workload.uid && isOfKind(workload, toApiGroup(owner.apiVersion), owner.kind);

const toUnreadWorkload = (namespace: string, owner: OwnerReference): WorkloadFacts => ({
  apiVersion: owner.apiVersion,
  kind: owner.kind,
  namespace,
  name: owner.name,
  uid: owner.uid,
});

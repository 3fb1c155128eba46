import type { PodFacts, PodRef } from './facts.ts';

/** Its containers have terminated and are not restarted: it serves no traffic, and deleting it only loses its logs. */
export const isFinished = (pod: PodFacts): boolean => pod.phase === 'Succeeded' || pod.phase === 'Failed';

/** Its deletion was accepted. */
export const isTerminating = (pod: PodFacts): boolean => pod.deletionTimestamp !== undefined;

/** It waits for a node: the scheduler has found none, or has not tried. */
export const isWithoutNode = (pod: PodFacts): boolean => pod.nodeName === '' && !isFinished(pod) && !isTerminating(pod);

/** `namespace/name`, for messages. */
export const toPodName = (pod: Pick<PodRef, 'namespace' | 'name'>): string => `${pod.namespace}/${pod.name}`;

/** Annotation of a mirror pod: the UID that the kubelet gave the static pod (k/k `pkg/kubelet/types`, `ConfigMirrorAnnotationKey`). */
const STATIC_POD_UID = 'kubernetes.io/config.mirror';

/** The UIDs under which the node's host knows a pod: a mirror pod's own one exists in the API only. */
export const toHostUids = ({ uid, annotations }: Pick<PodFacts, 'uid' | 'annotations'>): readonly string[] => {
  const staticPodUid = annotations[STATIC_POD_UID];
  return staticPodUid === undefined ? [uid] : [uid, staticPodUid];
};

import type { PodFacts } from '../cluster/facts.ts';

/**
 * For each workload among the moving pods the given order with its pods at the end: what has a place even there has one in any order, as far
 * as others only take room. None for a workload that moves alone. Pure.
 */
export const toLastOrders = (
  order: readonly PodFacts[],
  moving: readonly PodFacts[],
): readonly (readonly PodFacts[])[] => {
  const workloads = [...new Set(moving.map(toWorkloadKey))];
  return workloads
    .map((key) => {
      const uids = new Set(moving.filter((pod) => toWorkloadKey(pod) === key).map(({ uid }) => uid));
      const others = order.filter(({ uid }) => !uids.has(uid));
      return others.length === 0 ? [] : [...others, ...order.filter(({ uid }) => uids.has(uid))];
    })
    .filter((pods) => pods.length > 0);
};

/** Pods with the same key are of one workload; a pod without a controller is one by itself. */
export const toWorkloadKey = ({ uid, controller }: PodFacts): string => controller?.uid ?? uid;

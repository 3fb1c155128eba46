import type { PodFacts } from '../cluster/facts.ts';

/** The pods of each workload, in the order of its first one; a pod without a controller is a workload by itself. Pure. */
export const groupByWorkload = (pods: readonly PodFacts[]): readonly (readonly PodFacts[])[] => {
  const groups = new Map<string, PodFacts[]>();
  for (const pod of pods) {
    const key = pod.controller?.uid ?? pod.uid;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [pod]);
    else group.push(pod);
  }
  return [...groups.values()];
};

/**
 * The order with these pods at its end: what has a place even there has one in any order, as far as others only take room. Undefined when
 * there are no others. Pure.
 */
export const placeLast = (order: readonly PodFacts[], pods: readonly PodFacts[]): readonly PodFacts[] | undefined => {
  const { own, others } = split(order, pods);
  return others.length === 0 ? undefined : [...others, ...own];
};

/** The order with these pods at its start. Pure. */
export const placeFirst = (order: readonly PodFacts[], pods: readonly PodFacts[]): readonly PodFacts[] => {
  const { own, others } = split(order, pods);
  return [...own, ...others];
};

const split = (
  order: readonly PodFacts[],
  pods: readonly PodFacts[],
): { readonly own: readonly PodFacts[]; readonly others: readonly PodFacts[] } => {
  const uids = new Set(pods.map(({ uid }) => uid));
  return { own: order.filter(({ uid }) => uids.has(uid)), others: order.filter(({ uid }) => !uids.has(uid)) };
};

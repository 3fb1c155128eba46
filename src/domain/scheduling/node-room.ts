import { compareText } from '../text/compare-text.ts';
import type { HostPort, NodeFacts, PodFacts } from '../cluster/facts.ts';
import { isFinished } from '../cluster/pod-state.ts';

/** What is in use on a node while pods are placed on it one after another. */
export interface NodeRoom {
  readonly node: NodeFacts;
  /** Removed by this task: no pod is placed on it. */
  readonly removed: boolean;
  readonly usedResources: Readonly<Record<string, number>>;
  readonly podCount: number;
  readonly hostPorts: readonly HostPort[];
}

/** One per node, sorted by name, with the pods that run there now. Terminating pods still use resources, finished ones do not. */
export const toNodeRooms = (
  nodes: readonly NodeFacts[],
  removedNodeNames: readonly string[],
  pods: readonly PodFacts[],
): readonly NodeRoom[] => {
  const podsByNode = toRunningPodsByNode(pods);
  return [...nodes]
    .sort((a, b) => compareText(a.name, b.name))
    .map((node) => {
      const removed = removedNodeNames.includes(node.name);
      const empty: NodeRoom = { node, removed, usedResources: {}, podCount: 0, hostPorts: [] };
      return (podsByNode.get(node.name) ?? []).reduce(occupy, empty);
    });
};

/** The room with the pod added. */
export const occupy = (room: NodeRoom, pod: PodFacts): NodeRoom => ({
  ...room,
  usedResources: addAmounts(room.usedResources, pod.requests),
  podCount: room.podCount + 1,
  hostPorts: [...room.hostPorts, ...pod.hostPorts],
});

const toRunningPodsByNode = (pods: readonly PodFacts[]): ReadonlyMap<string, readonly PodFacts[]> => {
  const podsByNode = new Map<string, PodFacts[]>();
  for (const pod of pods) {
    if (pod.nodeName === '' || isFinished(pod)) continue;
    const onNode = podsByNode.get(pod.nodeName);
    if (onNode === undefined) podsByNode.set(pod.nodeName, [pod]);
    else onNode.push(pod);
  }
  return podsByNode;
};

/** The sum of both, by resource name. */
export const addAmounts = (
  used: Readonly<Record<string, number>>,
  requests: Readonly<Record<string, number>>,
): Readonly<Record<string, number>> => {
  const sum: Record<string, number> = { ...used };
  for (const [resource, amount] of Object.entries(requests)) sum[resource] = (sum[resource] ?? 0) + amount;
  return sum;
};

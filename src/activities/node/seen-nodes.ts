import type { NodeFacts } from '../../domain/cluster/facts.ts';
import type { Cluster } from '../../ports/cluster.ts';
import { setNewest } from '../support/set-newest.ts';

/** More are forgotten, the oldest first. */
const MAX_NODES = 2000;

const ofClusters = new WeakMap<Cluster, Map<string, NodeFacts>>();

/** Remembers a Node as this worker has just read, written or seen it: it may have changed since. For `changeSeenNode`. */
export const rememberNode = (cluster: Cluster, node: NodeFacts): void => {
  const nodes = ofClusters.get(cluster) ?? new Map<string, NodeFacts>();
  ofClusters.set(cluster, nodes);
  setNewest(nodes, node.name, node, MAX_NODES);
};

/** The same for a Node that is remembered already: a watch shows many that no task works on. */
export const refreshNode = (cluster: Cluster, node: NodeFacts): void => {
  const nodes = ofClusters.get(cluster);
  if (nodes?.has(node.name) === true) nodes.set(node.name, node);
};

export const forgetNode = (cluster: Cluster, nodeName: string): void => {
  ofClusters.get(cluster)?.delete(nodeName);
};

/** Undefined: this worker has not seen a Node with that name and UID. */
export const recallNode = (
  cluster: Cluster,
  { nodeName, nodeUid }: { readonly nodeName: string; readonly nodeUid: string },
): NodeFacts | undefined => {
  const node = ofClusters.get(cluster)?.get(nodeName);
  return node?.uid === nodeUid ? node : undefined;
};

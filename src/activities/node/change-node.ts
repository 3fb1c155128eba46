import type { NodeFacts } from '../../domain/cluster/facts.ts';
import type { NodeChange } from '../../domain/node/cordon-plan.ts';
import type { Cluster } from '../../ports/cluster.ts';
import { isClusterFailure } from '../../ports/cluster-failure.ts';

const MAX_TRIES = 20;

/**
 * Read, decide, write on one Node, again on conflict: the kubelet writes to it every few seconds. `decide` gets the Node as it is now,
 * or `undefined` when none of that name and UID is there, and returns the change, or `nothing`. Returns the Node after the write, if any.
 * Changes the Node only as `decide` says. Throws ClusterFailure.
 */
export const changeNode = async (
  cluster: Cluster,
  target: { readonly nodeName: string; readonly nodeUid: string },
  decide: (node: NodeFacts | undefined) => NodeChange | 'nothing' | Promise<NodeChange | 'nothing'>,
): Promise<NodeFacts | undefined> => {
  for (let attempt = 1; ; attempt += 1) {
    const found = await cluster.readNode(target.nodeName);
    const node = found?.uid === target.nodeUid ? found : undefined;
    const change = await decide(node);
    if (change === 'nothing' || !node) return node;
    try {
      return await cluster.patchNode(node, change);
    } catch (error) {
      const movedOn = isClusterFailure(error, 'Conflict') || isClusterFailure(error, 'NotFound');
      if (!movedOn || attempt >= MAX_TRIES) throw error;
    }
  }
};

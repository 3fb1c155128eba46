import type { NodeFacts } from '../../domain/cluster/facts.ts';
import { checkOwnership } from '../../domain/node/check-ownership.ts';
import type { NodeChange } from '../../domain/node/node-change.ts';
import type { NodeTarget } from '../../domain/node/node-target.ts';
import type { TaskContext } from '../../domain/run/context.ts';
import type { Cluster } from '../../ports/cluster.ts';
import { hasObjectChanged } from '../../ports/cluster-failure.ts';

const MAX_TRIES = 20;

/**
 * Reads one Node, decides and writes, and repeats on conflict: the kubelet writes to it every few seconds. `decide` gets the current Node,
 * or `undefined` when none with that name and UID exists, and returns the change, or `nothing`. Returns the Node after the write, if any.
 *
 * @throws ClusterFailure
 * @throws what `decide` throws
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
      if (!hasObjectChanged(error) || attempt >= MAX_TRIES) throw error;
    }
  }
};

/**
 * The same for a Node that this task must own: each try checks that first.
 *
 * @throws DecommissionFailure `NodeChanged`, `CordonLost`, `LockLost` or `NodeClaimed`, not retryable: see `checkOwnership`. Nothing was written.
 * @throws ClusterFailure
 */
export const changeOwnNode = async (
  cluster: Cluster,
  target: NodeTarget,
  { holder }: TaskContext,
  decide: (node: NodeFacts) => NodeChange | 'nothing',
): Promise<NodeFacts | undefined> =>
  await changeNode(cluster, target, (node) => {
    const lost = checkOwnership(node, target, holder);
    if (lost) throw lost;
    return node === undefined ? 'nothing' : decide(node);
  });

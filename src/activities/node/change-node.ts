import type { NodeFacts } from '../../domain/cluster/facts.ts';
import { checkOwnership } from '../../domain/node/check-ownership.ts';
import type { NodeChange } from '../../domain/node/node-change.ts';
import type { NodeTarget } from '../../domain/node/node-target.ts';
import type { TaskContext } from '../../domain/run/context.ts';
import type { Cluster } from '../../ports/cluster.ts';
import { DecommissionFailure } from '../../domain/run/failures.ts';
import { hasObjectChanged } from '../../ports/cluster-failure.ts';
import { forgetNode, recallNode, rememberNode } from './seen-nodes.ts';

const MAX_TRIES = 20;

/** Gets the current Node, or `undefined` when none with that name and UID exists. Returns the change, or `nothing`. */
type DecideChange = (node: NodeFacts | undefined) => NodeChange | 'nothing' | Promise<NodeChange | 'nothing'>;

/**
 * Reads one Node, decides and writes, and repeats on conflict: the kubelet writes to it every few seconds. Returns the Node after the write, if
 * any.
 *
 * @throws ClusterFailure
 * @throws what `decide` throws
 */
export const changeNode = async (
  cluster: Cluster,
  target: { readonly nodeName: string; readonly nodeUid: string },
  decide: DecideChange,
): Promise<NodeFacts | undefined> => {
  for (let attempt = 1; ; attempt += 1) {
    const found = await cluster.readNode(target.nodeName);
    const node = found?.uid === target.nodeUid ? found : undefined;
    const change = await decide(node);
    if (change === 'nothing' || !node) return node;
    try {
      return await writeNode(cluster, node, change);
    } catch (error) {
      if (!hasObjectChanged(error) || attempt >= MAX_TRIES) throw error;
    }
  }
};

const writeNode = async (cluster: Cluster, node: NodeFacts, change: NodeChange): Promise<NodeFacts> => {
  forgetNode(cluster, node.name);
  const written = await cluster.patchNode(node, change);
  rememberNode(cluster, written);
  return written;
};

/**
 * The same without a read, if this worker has seen the Node and it has not changed since: each write has its resourceVersion as precondition.
 * Nothing else is concluded from what was seen: where `decide` finds nothing to write, or fails, the Node is read.
 *
 * @throws ClusterFailure
 * @throws what `decide` throws
 */
export const changeSeenNode = async (
  cluster: Cluster,
  target: { readonly nodeName: string; readonly nodeUid: string },
  decide: DecideChange,
): Promise<NodeFacts | undefined> => {
  const seen = recallNode(cluster, target);
  const written = seen && (await writeSeen(cluster, seen, decide));
  return written ?? (await changeNode(cluster, target, decide));
};

/** Undefined: nothing was written. */
const writeSeen = async (cluster: Cluster, seen: NodeFacts, decide: DecideChange): Promise<NodeFacts | undefined> => {
  try {
    const change = await decide(seen);
    return change === 'nothing' ? undefined : await writeNode(cluster, seen, change);
  } catch (error) {
    if (error instanceof DecommissionFailure || hasObjectChanged(error)) return undefined;
    throw error;
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
  await changeSeenNode(cluster, target, (node) => {
    const lost = checkOwnership(node, target, holder);
    if (lost) throw lost;
    return node === undefined ? 'nothing' : decide(node);
  });

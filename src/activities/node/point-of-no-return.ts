import { POINT_OF_NO_RETURN_ANNOTATION } from '../../domain/cluster/annotations.ts';
import { findMachine } from '../../domain/machine/find-machine.ts';
import type { Machine } from '../../domain/machine/machine.ts';
import type { NodeTarget } from '../../domain/node/node-target.ts';
import { readPassedPoint } from '../../domain/node/passed-point.ts';
import type { TaskContext } from '../../domain/run/context.ts';
import type { ActivityDependencies } from '../support/activity-dependencies.ts';
import { openVerifiedCluster, withProvenCluster } from '../support/open-verified-cluster.ts';
import { changeNode, changeOwnNode } from './change-node.ts';

/** What is read of a Node before it is deleted. */
export interface MarkedNode {
  /** Absent: the Node has no `providerID`. */
  readonly machine?: Machine;
}

/**
 * Records on the Node that its run passes the point of no return, before it does. Undo reads it there, so that it holds for other runs, for
 * a run that was reset, and without Temporal's history. An earlier record stays. The write has the resourceVersion as precondition: an
 * undo of the node is either seen here, or sees this. Returns what else the Node records and is lost with it.
 *
 * @param at RFC 3339; identifies this record for `clearPointOfNoReturn`
 * @throws DecommissionFailure `NodeChanged`, `CordonLost`, `LockLost` or `NodeClaimed`, not retryable: see `checkOwnership`. Nothing was written.
 * @throws DecommissionFailure `ClusterMismatch`, retryable: see `openVerifiedCluster`.
 * @throws ClusterFailure
 */
export const markPointOfNoReturn =
  (dependencies: ActivityDependencies) =>
  async (context: TaskContext, target: NodeTarget, at: string): Promise<MarkedNode> => {
    const marked = await withProvenCluster(dependencies, context, (cluster) =>
      changeOwnNode(cluster, target, context, (node) => {
        const isRecorded = readPassedPoint(node.annotations) !== undefined;
        return isRecorded ? 'nothing' : { annotations: { [POINT_OF_NO_RETURN_ANNOTATION]: at } };
      }),
    );
    const machine = marked && findMachine(marked);
    return machine === undefined ? {} : { machine };
  };

/**
 * Removes the record with exactly this `at`, once it is proven that nothing irrevocable was done. The record of an earlier run stays: what
 * that one did is unknown.
 *
 * @throws DecommissionFailure `ClusterMismatch`, retryable: see `openVerifiedCluster`.
 * @throws ClusterFailure
 */
export const clearPointOfNoReturn =
  (dependencies: ActivityDependencies) =>
  async (context: TaskContext, target: NodeTarget, at: string): Promise<void> => {
    const cluster = await openVerifiedCluster(dependencies, context);
    await changeNode(cluster, target, (node) =>
      node?.annotations[POINT_OF_NO_RETURN_ANNOTATION] === at
        ? { annotations: { [POINT_OF_NO_RETURN_ANNOTATION]: null } }
        : 'nothing',
    );
  };

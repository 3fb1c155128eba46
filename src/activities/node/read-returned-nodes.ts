import { judgeReturnedNode } from '../../domain/node/returned-node.ts';
import type { TaskContext } from '../../domain/run/context.ts';
import type { NodeTarget } from '../../domain/node/node-target.ts';
import type { ActivityDependencies } from '../support/activity-dependencies.ts';
import { openVerifiedCluster } from '../support/open-verified-cluster.ts';

/** A Node that has the name of a deleted one. */
export interface ReturnedNode {
  readonly nodeName: string;
  /** The same machine, or possibly the same: an operator has to check. False: another machine, which is only noted. */
  readonly isReturn: boolean;
  readonly message: string;
}

/**
 * Reads each of these names, whose Nodes were deleted, and returns those under which a Node exists. `isReturnSeen`: see
 * `judgeReturnedNode`. Reads only.
 *
 * @throws DecommissionFailure `ClusterMismatch`, retryable: see `openVerifiedCluster`.
 * @throws ClusterFailure
 */
export const readReturnedNodes =
  (dependencies: ActivityDependencies) =>
  async (
    context: TaskContext,
    targets: readonly NodeTarget[],
    isReturnSeen: boolean,
  ): Promise<readonly ReturnedNode[]> => {
    const cluster = await openVerifiedCluster(dependencies, context);
    const returned: ReturnedNode[] = [];
    for (const target of targets) {
      const seen = await cluster.readNode(target.nodeName);
      if (!seen) continue;
      const { kind, message } = judgeReturnedNode(target, seen, isReturnSeen);
      returned.push({ nodeName: target.nodeName, isReturn: kind !== 'otherMachine', message });
    }
    return returned;
  };

import type { NodeFacts } from '../../domain/cluster/facts.ts';
import { judgeReturnedNode } from '../../domain/node/returned-node.ts';
import type { TaskContext } from '../../domain/run/context.ts';
import type { NodeTarget } from '../../domain/node/node-target.ts';
import type { Cluster } from '../../ports/cluster.ts';
import type { ActivityDependencies } from '../support/activity-dependencies.ts';
import { openVerifiedCluster } from '../support/open-verified-cluster.ts';

/** A Node that has the name of a deleted one. */
export interface ReturnedNode {
  readonly nodeName: string;
  /** The same machine, or possibly the same: an operator has to check. False: another machine, which is only noted. */
  readonly isReturn: boolean;
  readonly message: string;
}

/** For more names, one LIST of all Nodes costs less than a GET of each. */
const MAX_GETS = 20;

type FindNode = (nodeName: string) => Promise<NodeFacts | undefined>;

const createFinder = async (cluster: Cluster, count: number): Promise<FindNode> => {
  if (count <= MAX_GETS) return (nodeName) => cluster.readNode(nodeName);
  const byName = new Map((await cluster.readNodes()).map((node) => [node.name, node]));
  return (nodeName) => Promise.resolve(byName.get(nodeName));
};

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
    const findNode = await createFinder(cluster, targets.length);
    for (const target of targets) {
      const seen = await findNode(target.nodeName);
      if (!seen) continue;
      const { kind, message } = judgeReturnedNode(target, seen, isReturnSeen);
      returned.push({ nodeName: target.nodeName, isReturn: kind !== 'otherMachine', message });
    }
    return returned;
  };

import type { TaskContext } from '../../domain/run/context.ts';
import type { NodeTarget } from '../../domain/node/node-target.ts';
import { readPassedPoint } from '../../domain/node/passed-point.ts';
import type { ActivityDependencies } from '../support/activity-dependencies.ts';
import { openVerifiedCluster } from '../support/open-verified-cluster.ts';

/**
 * `pastPointOfNoReturn`: as its Node records it. `deleting`: marked for deletion, which cannot be undone. `gone`: also when another Node has
 * its name.
 */
export type NodePresence = 'there' | 'pastPointOfNoReturn' | 'deleting' | 'gone';

/**
 * Whether a Node still exists whose own workflow closed without a report. Reads only.
 *
 * @throws DecommissionFailure `ClusterMismatch`, retryable: see `openVerifiedCluster`.
 * @throws ClusterFailure
 */
export const readNodePresence =
  (dependencies: ActivityDependencies) =>
  async (context: TaskContext, target: NodeTarget): Promise<NodePresence> => {
    const cluster = await openVerifiedCluster(dependencies, context);
    const node = await cluster.readNode(target.nodeName);
    if (node?.uid !== target.nodeUid) return 'gone';
    if (node.deleting) return 'deleting';
    return readPassedPoint(node.annotations) === undefined ? 'there' : 'pastPointOfNoReturn';
  };

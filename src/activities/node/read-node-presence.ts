import type { TaskContext } from '../../domain/run/context.ts';
import type { NodeTarget } from '../../domain/node/node-target.ts';
import type { ActivityDependencies } from '../support/activity-dependencies.ts';
import { openVerifiedCluster } from '../support/open-verified-cluster.ts';

/** `deleting`: marked for deletion, which nobody can take back. `gone`: also when another Node has its name. */
export type NodePresence = 'there' | 'deleting' | 'gone';

/** What has become of a Node whose own workflow ended without a word. Reads only. Throws ClusterFailure. */
export const readNodePresence =
  (dependencies: ActivityDependencies) =>
  async (context: TaskContext, target: NodeTarget): Promise<NodePresence> => {
    const cluster = await openVerifiedCluster(dependencies, context);
    const node = await cluster.readNode(target.nodeName);
    if (node?.uid !== target.nodeUid) return 'gone';
    return node.deleting ? 'deleting' : 'there';
  };

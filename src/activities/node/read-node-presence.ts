import type { NodeTarget, TaskContext } from '../../domain/run/context.ts';
import type { ActivityDependencies } from '../support/activity-dependencies.ts';
import { openCluster } from '../support/open-verified-cluster.ts';

/** `deleting`: marked for deletion, which nobody can take back. `gone`: also when another Node has its name. */
export type NodeFate = 'there' | 'deleting' | 'gone';

/** What has become of a Node whose own workflow ended without a word. Reads only. Throws ClusterFailure. */
export const readNodeFate =
  (dependencies: ActivityDependencies) =>
  async (context: TaskContext, target: NodeTarget): Promise<NodeFate> => {
    const cluster = await openCluster(dependencies, context);
    const node = await cluster.readNode(target.nodeName);
    if (node?.uid !== target.nodeUid) return 'gone';
    return node.deleting ? 'deleting' : 'there';
  };

import { DecommissionFailure } from '../domain/decommission-failure.ts';
import type { DecommissionRequest } from '../domain/decommission-request.ts';
import { FailureType } from '../domain/failure-type.ts';
import { judgeNodeLock } from '../domain/judge-node-lock.ts';
import { LOCK_ANNOTATION } from '../domain/names.ts';
import type { NodeTarget, TaskContext } from '../domain/task-context.ts';
import type { ActivityDependencies } from './activity-dependencies.ts';
import { openCluster } from './open-cluster.ts';
import { lookAtNode } from './read-drain-state.ts';

/**
 * The last look before the point of no return: the same Node, still cordoned, still ours, still empty. Reads only.
 * Throws `NodeChanged`, `CordonLost`, `LockLost` or `NodeBoundPods`, none retryable.
 */
export const confirmDrained =
  (dependencies: ActivityDependencies) =>
  async (context: TaskContext, request: DecommissionRequest, target: NodeTarget): Promise<void> => {
    const cluster = await openCluster(dependencies, context);
    const { nodeName, nodeUid } = target;
    const node = await cluster.readNode(nodeName);
    if (node?.uid !== nodeUid) {
      const now = node ? `another Node of that name is there now (UID ${node.uid})` : 'it is gone';
      throw new DecommissionFailure(
        FailureType.NodeChanged,
        `node ${nodeName} with UID ${nodeUid} was changed by somebody else: ${now}. It is left as it is.`,
      );
    }
    if (!node.unschedulable) {
      throw new DecommissionFailure(
        FailureType.CordonLost,
        `somebody uncordoned node ${nodeName} while we drained it, so they want it in service. It is left as it is; start again if that was a mistake.`,
      );
    }
    if (judgeNodeLock(node.annotations[LOCK_ANNOTATION], context.holder).kind !== 'ours') {
      throw new DecommissionFailure(
        FailureType.LockLost,
        `our lock on node ${nodeName} was removed or replaced, so somebody else may be working on it. Nothing more is done to it.`,
      );
    }
    const look = await lookAtNode(cluster, request, nodeName);
    const names = [...look.targets.map(({ namespace, name }) => `${namespace}/${name}`), ...look.refusals];
    if (names.length > 0) {
      throw new DecommissionFailure(
        FailureType.NodeBoundPods,
        `pods appeared on node ${nodeName} after it was drained: ${names.slice(0, 5).join(', ')}. Find out what puts them there, then start again.`,
      );
    }
  };

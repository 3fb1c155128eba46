import { LOCK_ANNOTATION } from '../../domain/cluster/annotations.ts';
import { readTurnMark, withTurnMark } from '../../domain/fleet/turn-mark.ts';
import type { NodeTarget } from '../../domain/node/node-target.ts';
import { judgeNodeLock } from '../../domain/node/lock.ts';
import type { TaskContext } from '../../domain/run/context.ts';
import type { ActivityDependencies } from '../support/activity-dependencies.ts';
import { openVerifiedCluster } from '../support/open-verified-cluster.ts';
import { changeNode } from '../node/change-node.ts';

/**
 * Ends the turn of a node that is not in work, or not any more, so that it counts for no limit: its lock keeps the place at which it waits if it may
 * ask again (`keepsPlace`). Writes nothing on a node that is gone, or that this task has not locked or marked.
 *
 * @throws DecommissionFailure `ClusterMismatch`, retryable: see `openVerifiedCluster`.
 * @throws ClusterFailure
 */
export const leaveTurn =
  (dependencies: ActivityDependencies) =>
  async (context: TaskContext, target: NodeTarget, keepsPlace: boolean): Promise<void> => {
    const cluster = await openVerifiedCluster(dependencies, context);
    await changeNode(cluster, target, (node) => {
      const text = node?.annotations[LOCK_ANNOTATION] ?? '';
      const mark = readTurnMark(text);
      if (mark === undefined || judgeNodeLock(text, context.holder).kind !== 'ours') return 'nothing';
      const { workingSince, ...place } = mark;
      if (keepsPlace && workingSince === undefined) return 'nothing';
      return { annotations: { [LOCK_ANNOTATION]: withTurnMark(text, keepsPlace ? place : undefined) } };
    });
  };

import { findDeadNode, planOutOfService } from '../../domain/node/out-of-service.ts';
import type { NodeTarget } from '../../domain/node/node-target.ts';
import type { DecommissionRequest } from '../../domain/request/decommission-request.ts';
import type { TaskContext } from '../../domain/run/context.ts';
import { readLeavingPods } from '../eviction/read-drain-state.ts';
import type { ActivityDependencies } from '../support/activity-dependencies.ts';
import { openVerifiedCluster } from '../support/open-verified-cluster.ts';
import { changeOwnNode } from './change-node.ts';

/**
 * Marks a dead node out of service, after an operator has confirmed that its machine is powered off: its pods are deleted by force, without
 * regard to their budgets. Returns false, and writes nothing, when the kubelet reports again or one of its pods is not terminating. Safe to
 * repeat. The taint is removed by `uncordonNode`.
 *
 * @throws DecommissionFailure `NodeChanged`, `CordonLost`, `LockLost` or `NodeClaimed`, not retryable: see `checkOwnership`.
 * @throws DecommissionFailure `ClusterMismatch`, retryable: see `openVerifiedCluster`.
 * @throws ClusterFailure
 */
export const markOutOfService =
  (dependencies: ActivityDependencies) =>
  async (context: TaskContext, request: DecommissionRequest, target: NodeTarget): Promise<boolean> => {
    const cluster = await openVerifiedCluster(dependencies, context);
    const leaving = await readLeavingPods(cluster, request, target.nodeName);
    let isDead = false;
    await changeOwnNode(cluster, target, context, (node) => {
      isDead = findDeadNode(node, leaving, request)?.areTerminating === true;
      return isDead ? planOutOfService(node, context.taskId) : 'nothing';
    });
    return isDead;
  };

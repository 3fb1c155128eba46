import { DecommissionFailure, FailureType } from '../../domain/run/failures.ts';
import type { DecommissionRequest } from '../../domain/request/decommission-request.ts';
import { checkOwnership } from '../../domain/node/check-ownership.ts';
import type { TaskContext } from '../../domain/run/context.ts';
import type { NodeTarget } from '../../domain/node/node-target.ts';
import type { ActivityDependencies } from '../support/activity-dependencies.ts';
import { openVerifiedCluster } from '../support/open-verified-cluster.ts';
import { readNodeState } from './read-drain-state.ts';

/**
 * The last look before the point of no return: the same Node, still cordoned, still ours, still empty. Reads only.
 * Throws `NodeChanged`, `CordonLost`, `LockLost` or `NodeBoundPods`, none retryable.
 */
export const confirmDrained =
  (dependencies: ActivityDependencies) =>
  async (context: TaskContext, request: DecommissionRequest, target: NodeTarget): Promise<void> => {
    const cluster = await openVerifiedCluster(dependencies, context);
    const { nodeName } = target;
    const lost = checkOwnership(await cluster.readNode(nodeName), target, context.holder);
    if (lost) throw lost;
    const look = await readNodeState(cluster, request, nodeName);
    const names = [...look.targets.map(({ namespace, name }) => `${namespace}/${name}`), ...look.refusals];
    if (names.length > 0) {
      throw new DecommissionFailure(
        FailureType.NodeBoundPods,
        `pods appeared on node ${nodeName} after it was drained: ${names.slice(0, 5).join(', ')}. Find out what puts them there, then start again.`,
      );
    }
  };

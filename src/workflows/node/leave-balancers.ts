import { leavesBalancers } from '../../domain/node/balancer-label.ts';
import { shortActivities } from '../runtime/activity-options.ts';
import type { NodeState } from './node-state.ts';

/**
 * At the beginning of the drain, not with the cordon: with `cordon: allFirst` the nodes that wait still serve, and without all of them a Service
 * may have no node left. Has no effect where the node stays.
 *
 * @throws ActivityFailure caused by a failure of `excludeFromBalancers`, or by lost ownership of the node
 * @throws CancelledFailure
 */
export const leaveBalancers = async (state: NodeState): Promise<void> => {
  const { input, target } = state;
  const { context, request } = input.task;
  // It did so before it continued as new.
  if (input.continued !== undefined || !leavesBalancers(request)) return;
  const isExcluded = await shortActivities.excludeFromBalancers(context, target);
  if (isExcluded)
    state.note([`node ${target.nodeName} was excluded from external load balancers before its first eviction`]);
};

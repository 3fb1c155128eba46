import { EXCLUDE_BALANCERS_LABEL } from '../cluster/annotations.ts';
import type { NodeFacts } from '../cluster/facts.ts';
import type { DecommissionRequest } from '../request/decommission-request.ts';
import type { NodeChange } from './node-change.ts';
import { toTaintValue } from './task-taint.ts';

/**
 * External load balancers have to stop using the node, because its kubelet or its Node goes. A drain that keeps the node leaves it in use: the
 * label would be removed at the end of the drain. Pure.
 */
export const leavesBalancers = ({
  deleteNode,
  hostCleanup,
}: Pick<DecommissionRequest, 'deleteNode' | 'hostCleanup'>): boolean => deleteNode || hostCleanup !== 'skip';

/**
 * One write that excludes the node from external load balancers. Their controllers check only that the label is there, so that its value can
 * be the task. A node that has it already, of whichever client, gets `nothing`. Pure.
 */
export const planBalancerExclusion = ({ labels }: Pick<NodeFacts, 'labels'>, taskId: string): NodeChange | 'nothing' =>
  EXCLUDE_BALANCERS_LABEL in labels ? 'nothing' : { labels: { [EXCLUDE_BALANCERS_LABEL]: toTaintValue(taskId) } };

/** The label is there, and still as this task wrote it. Pure. */
export const isExcludedBy = ({ labels }: Pick<NodeFacts, 'labels'>, taskId: string): boolean =>
  labels[EXCLUDE_BALANCERS_LABEL] === toTaintValue(taskId);

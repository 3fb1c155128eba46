import type { NodeFacts, PodFacts, Taint } from '../cluster/facts.ts';
import { isTerminating } from '../cluster/pod-state.ts';
import type { DecommissionRequest } from '../request/decommission-request.ts';
import type { NodeChange } from './node-change.ts';
import { findTaint, planTaint, toTaintValue, type TaskTaint } from './task-taint.ts';

/** A node whose kubelet has stopped reporting, and that still has pods. */
export interface DeadNode {
  /** RFC 3339; absent when the Node does not record it. */
  readonly since?: string;
  /** It has the taint that ends its pods, whichever client has added it. */
  readonly isOutOfService: boolean;
  /** Of all pods that have to leave: only the kubelet, or that taint, ends them. */
  readonly areTerminating: boolean;
}

/**
 * KEP-2268: of a node that is not Ready, the pod garbage collector then deletes terminating pods by force, and the attach-detach controller
 * detaches its volumes at once. Neither compares the value (k/k `podgc`, `attachdetach`), so it can be the task.
 */
export const OUT_OF_SERVICE: TaskTaint = { key: 'node.kubernetes.io/out-of-service', effect: 'NoExecute' };

/** Whichever client has added it. */
export const findOutOfServiceTaint = (node: Pick<NodeFacts, 'taints'>): Taint | undefined =>
  findTaint(node, OUT_OF_SERVICE);

/** The taint is this task's. Pure. */
export const isOutOfServiceBy = (node: Pick<NodeFacts, 'taints'>, taskId: string): boolean =>
  findOutOfServiceTaint(node)?.value === toTaintValue(taskId);

/** One write that marks the node: see `planTaint`. Pure. */
export const planOutOfService = (node: Pick<NodeFacts, 'taints'>, taskId: string): NodeChange | 'nothing' =>
  planTaint(node, OUT_OF_SERVICE, taskId);

/**
 * The node if it is dead and the request allows to mark it out of service; undefined for any other. One that is not Ready but reports has a
 * kubelet, which can end its pods, and a machine that is not off. `leaving`: pods that have to leave. Pure.
 */
export const findDeadNode = (
  node: Pick<NodeFacts, 'isSilent' | 'notReadySince' | 'taints'>,
  leaving: readonly PodFacts[],
  { deadNode }: Pick<DecommissionRequest, 'deadNode'>,
): DeadNode | undefined => {
  if (deadNode !== 'outOfService' || node.isSilent !== true || leaving.length === 0) return undefined;
  const { notReadySince: since } = node;
  return {
    isOutOfService: findOutOfServiceTaint(node) !== undefined,
    areTerminating: leaving.every(isTerminating),
    ...(since === undefined ? {} : { since }),
  };
};

/** Nothing but the taint ends its pods, and it does not have it. The taint asks no budget: as long as one pod is not terminating, its eviction does. Pure. */
export const needsConfirmation = (dead: DeadNode | undefined): dead is DeadNode =>
  dead?.areTerminating === true && !dead.isOutOfService;

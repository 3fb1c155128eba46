import { LEAVING_TAINT_KEY } from '../cluster/annotations.ts';
import type { NodeFacts, Taint } from '../cluster/facts.ts';
import type { NodeChange } from './node-change.ts';
import { findTaint, planTaint, toTaint, type TaskTaint } from './task-taint.ts';

const LEAVING: TaskTaint = { key: LEAVING_TAINT_KEY, effect: 'NoSchedule' };

/** The taint that keeps the DaemonSet controller from recreating a pod; it does not end a pod that runs. */
export const toLeavingTaint = (taskId: string): Taint => toTaint(LEAVING, taskId);

export const findLeavingTaint = (node: Pick<NodeFacts, 'taints'>): Taint | undefined => findTaint(node, LEAVING);

/** One write that taints a node whose DaemonSet pods are to be evicted: see `planTaint`. Pure. */
export const planLeavingTaint = (node: Pick<NodeFacts, 'taints'>, taskId: string): NodeChange | 'nothing' =>
  planTaint(node, LEAVING, taskId);

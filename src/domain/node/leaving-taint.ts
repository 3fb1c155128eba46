import { LEAVING_TAINT_KEY } from '../cluster/annotations.ts';
import type { NodeFacts, Taint } from '../cluster/facts.ts';
import type { NodeChange, NodeRestorePlan } from './node-change.ts';
import { toTaintValue } from './taint-value.ts';

const isLeavingTaint = ({ key, effect }: Taint): boolean => key === LEAVING_TAINT_KEY && effect === 'NoSchedule';

/** The taint that keeps the DaemonSet controller from recreating a pod; it does not end a pod that runs. Its value is the task. */
export const toLeavingTaint = (taskId: string): Taint => ({
  key: LEAVING_TAINT_KEY,
  value: toTaintValue(taskId),
  effect: 'NoSchedule',
});

export const findLeavingTaint = ({ taints }: Pick<NodeFacts, 'taints'>): Taint | undefined =>
  taints.find(isLeavingTaint);

/** One write that taints a node whose DaemonSet pods are to be evicted; `nothing` where it has the taint already. Pure. */
export const planLeavingTaint = (node: Pick<NodeFacts, 'taints'>, taskId: string): NodeChange | 'nothing' =>
  findLeavingTaint(node) ? 'nothing' : { taints: [...node.taints, toLeavingTaint(taskId)] };

/** Adds the removal of this task's taint to the undo of a node; a taint of another task stays. Pure. */
export const withoutLeavingTaint = (
  plan: NodeRestorePlan,
  { taints }: Pick<NodeFacts, 'taints'>,
  taskId: string,
): NodeRestorePlan => {
  const kept = taints.filter((taint) => !isLeavingTaint(taint) || taint.value !== toTaintValue(taskId));
  if (kept.length === taints.length) return plan;
  return { ...plan, change: { ...(plan.change === 'nothing' ? {} : plan.change), taints: kept } };
};

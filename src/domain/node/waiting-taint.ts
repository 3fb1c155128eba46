import { WAITING_TAINT_KEY } from '../cluster/annotations.ts';
import type { NodeFacts, Taint } from '../cluster/facts.ts';
import { toWaitingTaintCommand } from './repair-commands.ts';
import type { NodeChange, NodeRestorePlan } from './node-change.ts';
import { findTaint, planTaint, toTaintValue, type TaskTaint } from './task-taint.ts';

const WAITING: TaskTaint = { key: WAITING_TAINT_KEY, effect: 'PreferNoSchedule' };

export const findWaitingTaint = (node: Pick<NodeFacts, 'taints'>): Taint | undefined => findTaint(node, WAITING);

/** One write that keeps pods off a node that waits for its turn, as far as they fit elsewhere: see `planTaint`. Pure. */
export const planWaitingTaint = (node: Pick<NodeFacts, 'taints'>, taskId: string): NodeChange | 'nothing' =>
  planTaint(node, WAITING, taskId);

/** The undo of `planWaitingTaint`, as reports name it. Pure. */
export const describeTaintRemoval = (nodeName: string): string =>
  `remove the taint of a waiting node from node ${nodeName}`;

/** Undoes `planWaitingTaint` and nothing else: a taint of another task is kept and noted. Pure. */
export const planWaitingTaintRemoval = (node: Pick<NodeFacts, 'name' | 'taints'>, taskId: string): NodeRestorePlan => {
  const found = findWaitingTaint(node);
  if (!found) return { change: 'nothing', notes: [] };
  if (found.value === toTaintValue(taskId)) {
    return { change: { taints: node.taints.filter((taint) => taint !== found) }, notes: [] };
  }
  const note = `taint ${WAITING_TAINT_KEY} was written by task ${found.value.slice(0, 60)}, so it is kept; to remove it, run \`${toWaitingTaintCommand(node.name)}\``;
  return { change: 'nothing', notes: [note] };
};

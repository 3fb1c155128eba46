import { WAITING_TAINT_KEY } from '../cluster/annotations.ts';
import type { NodeFacts, Taint } from '../cluster/facts.ts';
import { toWaitingTaintCommand } from './repair-commands.ts';
import { toTaintValue } from './taint-value.ts';
import type { NodeChange, NodeRestorePlan } from './node-change.ts';

/** A node has at most one taint of the same key and effect. */
const isWaitingTaint = ({ key, effect }: Taint): boolean => key === WAITING_TAINT_KEY && effect === 'PreferNoSchedule';

export const findWaitingTaint = ({ taints }: Pick<NodeFacts, 'taints'>): Taint | undefined =>
  taints.find(isWaitingTaint);

/**
 * One write that keeps pods off a node that waits for its turn, as far as they fit elsewhere: a taint whose value is the task. A node that
 * has such a taint already, of whichever task, gets `nothing`. Pure.
 */
export const planWaitingTaint = (node: Pick<NodeFacts, 'taints'>, taskId: string): NodeChange | 'nothing' => {
  if (findWaitingTaint(node)) return 'nothing';
  const taint: Taint = { key: WAITING_TAINT_KEY, value: toTaintValue(taskId), effect: 'PreferNoSchedule' };
  return { taints: [...node.taints, taint] };
};

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

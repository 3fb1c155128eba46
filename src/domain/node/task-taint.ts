import type { NodeFacts, Taint } from '../cluster/facts.ts';
import { toStableHash } from '../text/stable-hash.ts';
import type { NodeChange } from './node-change.ts';

/** A taint that a task writes: its value is the task. */
export type TaskTaint = Pick<Taint, 'key' | 'effect'>;

/** A value of a taint, like that of a label, starts with a letter or digit; a task id may not. */
export const toTaintValue = (taskId: string): string => (/^[A-Za-z0-9]/.test(taskId) ? taskId : toStableHash(taskId));

export const toTaint = (kind: TaskTaint, taskId: string): Taint => ({ ...kind, value: toTaintValue(taskId) });

/** A node has at most one taint of the same key and effect, of whichever task. */
export const findTaint = ({ taints }: Pick<NodeFacts, 'taints'>, { key, effect }: TaskTaint): Taint | undefined =>
  taints.find((taint) => taint.key === key && taint.effect === effect);

/** One write that adds it; a node that has such a taint already, of whichever task, gets `nothing`. Pure. */
export const planTaint = (node: Pick<NodeFacts, 'taints'>, kind: TaskTaint, taskId: string): NodeChange | 'nothing' =>
  findTaint(node, kind) ? 'nothing' : { taints: [...node.taints, toTaint(kind, taskId)] };

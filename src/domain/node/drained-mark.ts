import {
  DRAINED_ANNOTATION,
  EARLIER_STATE_ANNOTATION,
  LOCK_ANNOTATION,
  OWNER_TASK_ANNOTATION,
} from '../cluster/annotations.ts';
import { parseJsonObject } from '../text/json-text.ts';
import { toVisibleText } from '../text/visible-text.ts';
import type { CordonTask, MarkedNode } from './cordon-plan.ts';
import { parseEarlierNodeState } from './earlier-state.ts';
import { readLockHolder } from './lock.ts';
import type { NodeChange, NodeRestorePlan } from './node-change.ts';
import { describePassedPoint, readPassedPoint } from './passed-point.ts';

/** What a drain without deletion leaves on the Node, so that the node can be given back. */
export interface DrainedMark {
  readonly taskId: string;
  readonly requestedBy?: string;
  readonly reason?: string;
  /** When the drain ended, RFC 3339. */
  readonly at: string;
  /** Another client had cordoned the node before, or that is unknown: the cordon is not the task's. */
  readonly cordonedBefore: boolean;
}

const MAX_TEXT = 200;

/** Reads the annotation; undefined when it is absent or incomplete. Never throws. */
export const parseDrainedMark = (text: string | undefined): DrainedMark | undefined => {
  const { taskId, requestedBy, reason, at, cordonedBefore } = parseJsonObject(text ?? '') ?? {};
  if (typeof taskId !== 'string' || typeof at !== 'string' || typeof cordonedBefore !== 'boolean') return undefined;
  return {
    taskId: toVisibleText(taskId, MAX_TEXT),
    at: toVisibleText(at, MAX_TEXT),
    cordonedBefore,
    ...(typeof requestedBy === 'string' ? { requestedBy: toVisibleText(requestedBy, MAX_TEXT) } : {}),
    ...(typeof reason === 'string' ? { reason: toVisibleText(reason, MAX_TEXT) } : {}),
  };
};

/**
 * Adds the record of the drain to the release of a node that stays cordoned. Nothing is added where another client has uncordoned the node or
 * taken it over. Pure.
 * @param at RFC 3339
 */
export const markDrained = (
  node: MarkedNode,
  plan: NodeRestorePlan,
  { taskId, requestedBy, reason }: CordonTask,
  at: string,
): NodeRestorePlan => {
  if (plan.change === 'nothing' || !node.unschedulable || node.annotations[OWNER_TASK_ANNOTATION] !== taskId)
    return plan;
  const mark: DrainedMark = {
    taskId,
    ...(requestedBy === undefined ? {} : { requestedBy }),
    ...(reason === undefined ? {} : { reason }),
    at,
    cordonedBefore: wasCordonedBefore(node, taskId),
  };
  const annotations = { ...plan.change.annotations, [DRAINED_ANNOTATION]: JSON.stringify(mark) };
  return { ...plan, change: { ...plan.change, annotations } };
};

/** The cordon of an earlier drain of ours is ours. Without the task's own record it is unknown whose it is. */
const wasCordonedBefore = ({ annotations }: MarkedNode, taskId: string): boolean => {
  const record = parseEarlierNodeState(annotations[EARLIER_STATE_ANNOTATION]);
  if (record?.taskId !== taskId) return true;
  return record.unschedulable && parseDrainedMark(annotations[DRAINED_ANNOTATION])?.cordonedBefore !== false;
};

/** What giving a node back means for this node. `sentence`: what is done or why not, and whose cordon it is; without the node's name. */
export interface GiveBackPlan {
  /** `uncordon`: the cordon is removed. `clear`: only the record, because the cordon is gone or another client's. `keep`: nothing. */
  readonly action: 'uncordon' | 'clear' | 'keep';
  /** True when nothing is left to do for an operator. */
  readonly isBack: boolean;
  readonly sentence: string;
  readonly mark?: DrainedMark;
  readonly change: NodeChange | 'nothing';
}

/** Plans to remove the cordon that a drain without deletion has left, and no other. Pure. */
export const planGiveBack = (node: MarkedNode & { readonly ready: boolean }): GiveBackPlan => {
  const inUse = whyInUse(node);
  if (inUse !== undefined) return keep(inUse);
  const mark = parseDrainedMark(node.annotations[DRAINED_ANNOTATION]);
  if (mark === undefined) return keep(whyNotOurs(node), !node.unschedulable);
  const cleared = { mark, change: { annotations: { [DRAINED_ANNOTATION]: null } } };
  const whose = `task ${mark.taskId} drained it until ${mark.at}${toWho(mark)}`;
  if (!node.unschedulable) {
    return { ...cleared, action: 'clear', isBack: true, sentence: `already uncordoned by another client; ${whose}` };
  }
  if (mark.cordonedBefore) {
    const sentence = `stays cordoned: it was cordoned before ${whose}. If no one needs that cordon, run \`kubectl uncordon ${node.name}\``;
    return { ...cleared, action: 'clear', isBack: false, sentence };
  }
  const warning = node.ready ? '' : '. The Node is not Ready: check that its kubelet runs';
  const sentence = `uncordoned: ${whose}${warning}`;
  return {
    ...cleared,
    action: 'uncordon',
    isBack: true,
    sentence,
    change: { ...cleared.change, unschedulable: false },
  };
};

const keep = (sentence: string, isBack = false): GiveBackPlan => ({
  action: 'keep',
  isBack,
  sentence,
  change: 'nothing',
});

const whyInUse = ({ name, annotations }: MarkedNode): string | undefined => {
  const passedAt = readPassedPoint(annotations);
  if (passedAt !== undefined) return `left alone: ${describePassedPoint(name, passedAt).replace(/\.$/, '')}`;
  const owner = readLockHolder(annotations[LOCK_ANNOTATION])?.taskId ?? annotations[OWNER_TASK_ANNOTATION];
  if (owner === undefined && annotations[LOCK_ANNOTATION] === undefined) return undefined;
  const task = owner === undefined ? 'a task' : `task ${toVisibleText(owner, MAX_TEXT)}`;
  return `left alone: ${task} works on it. To stop it and undo its changes, run \`cancel\`; if it no longer runs, run \`janitor ${name}\``;
};

const whyNotOurs = ({ name, unschedulable }: MarkedNode): string =>
  unschedulable
    ? `left cordoned: no drain of ours left this cordon. If no one needs it, run \`kubectl uncordon ${name}\``
    : 'not cordoned; nothing to do';

const toWho = ({ requestedBy, reason }: DrainedMark): string =>
  requestedBy === undefined && reason === undefined
    ? ''
    : ` (${[requestedBy, reason].filter((part) => part !== undefined).join(': ')})`;

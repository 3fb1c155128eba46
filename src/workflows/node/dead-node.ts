import { condition, workflowInfo } from '@temporalio/workflow';
import type { DeadNode } from '../../domain/node/out-of-service.ts';
import type { DrainState, EvictionTarget } from '../../domain/run/context.ts';
import { describeApproval } from '../../domain/steering/judge-approval.ts';
import { nodeAwaitsSignal } from '../messages.ts';
import { shortActivities } from '../runtime/activity-options.ts';
import { isHistoryLong, type DrainMemory } from './drain-memory.ts';
import type { NodeState } from './node-state.ts';

const POINT = 'machineIsOff';
/** How often the node is read meanwhile: its kubelet may report again. */
const READ_MILLISECONDS = 30_000;

/**
 * All pods that remain are terminating, and no kubelet ends them: waits until an operator confirms with `approve` that the machine is powered
 * off, then marks the node out of service. `waits`: the node has to be read again; `recalled`: the history has become long. The wait does not
 * count for the deadline of the drain. During a pause, or outside of a window, nothing is marked.
 *
 * @throws ActivityFailure caused by lost ownership of the node
 * @throws CancelledFailure
 */
export const endPodsOfDeadNode = async (
  state: NodeState,
  memory: DrainMemory,
  { since }: DeadNode,
): Promise<'waits' | 'recalled' | 'marked'> => {
  const { steering, gate, target, input } = state;
  const { historyLength } = workflowInfo();
  memory.beginWait();
  if (!steering.isApproved(POINT)) await showWait(state, since);
  const isOver = (): boolean => steering.isApproved(POINT) || gate.isHeld;
  await condition(() => isOver() || isHistoryLong(historyLength), READ_MILLISECONDS);
  if (!isOver()) return isHistoryLong(historyLength) ? 'recalled' : 'waits';
  if (gate.isHeld) return 'waits';
  const isMarked = await shortActivities.markOutOfService(input.task.context, input.task.request, target);
  if (isMarked) state.note([describeMark(state)]);
  state.isOutOfService = isMarked;
  await forgetDeadNode(state, memory);
  state.drainDeadlineAt = memory.deadlineAt;
  return isMarked ? 'marked' : 'waits';
};

/**
 * The pods whose eviction may be sent: neither skipped nor left on a dead node, where an eviction ends while its pod is still there, and must not
 * be repeated at once.
 */
export const withoutLeft = (state: NodeState, { targets, dead }: DrainState): readonly EvictionTarget[] => {
  const isDead = dead !== undefined && !state.isOutOfService;
  return state.withoutSkipped(targets).filter(({ uid }) => !isDead || state.pods.get(uid)?.outcome !== 'Terminating');
};

/** The kubelet reports again, or a pod that is not terminating has appeared: a confirmation does not apply to a later time. */
export const forgetDeadNode = async (state: NodeState, memory: DrainMemory): Promise<void> => {
  memory.endWait();
  if (!dropConfirmation(state)) return;
  const { nodeName } = state.target;
  state.setMessage(`evicting the remaining pods of node ${nodeName}`);
  await state.signalTask(nodeAwaitsSignal, { nodeName, point: '' });
};

/** The drain has ended, in whichever way. False: nothing was asked. */
export const dropConfirmation = ({ steering }: NodeState): boolean => {
  const isAsked = steering.awaits === POINT || steering.isApproved(POINT);
  steering.revoke(POINT);
  return isAsked;
};

/** The task is notified once. */
const showWait = async (state: NodeState, since: string | undefined): Promise<void> => {
  const { steering, target } = state;
  const { nodeName } = target;
  const isNew = steering.awaits !== POINT;
  steering.awaits = POINT;
  const asked = describeApproval(nodeName, POINT);
  state.setMessage(since === undefined ? asked : `${asked} Its kubelet does not report since ${since}.`);
  if (isNew) await state.signalTask(nodeAwaitsSignal, { nodeName, point: POINT });
};

const describeMark = ({ steering, target }: NodeState): string => {
  const confirmed = steering.records.findLast(({ point }) => point === POINT);
  const who =
    confirmed === undefined
      ? 'an operator confirmed'
      : `${confirmed.by} confirmed at ${confirmed.at} (${confirmed.reason})`;
  return (
    `${who} that the machine of node ${target.nodeName} is powered off, so the node was marked out of service: the cluster deleted its last pods ` +
    'without a response of its kubelet, and detached their volumes by force'
  );
};

import type { ReturnedNode } from '../../activities/node/read-returned-nodes.ts';
import { toCountText } from '../../domain/text/counts.ts';
import type { DecommissionReport } from '../../domain/run/report.ts';
import { undoActivities } from '../runtime/activity-options.ts';
import { toFailureReport } from '../runtime/failure-report.ts';
import type { TaskState } from './task-state.ts';
import { undoAll } from '../runtime/undo.ts';

/**
 * After the last node: the budgets go only now, so that one node's end never unprotects the next. Call it in a non-cancellable scope. Never
 * throws: what cannot be done parks for a person.
 */
export const finishTask = async (state: TaskState): Promise<DecommissionReport> => {
  state.phase = 'Finishing';
  await releaseTaskBudgets(state);
  if (state.accepted.request.deleteNode) await confirmGone(state);
  return state.toReport('Decommissioned', describeSuccess(state));
};

const releaseTaskBudgets = async (state: TaskState): Promise<void> => {
  state.say('removing the budgets of this task');
  for (;;) {
    const results = await undoAll(state.accepted.context, state.undo);
    const over = results.filter(({ isOver }) => isOver);
    state.undone.push(...over.flatMap(({ reports }) => reports));
    state.forget(over.map(({ entry }) => entry));
    const failed = results.flatMap(({ reports }) => reports).find(({ status }) => status === 'Failed');
    if (!failed) return;
    await state.park(`could not ${failed.action}: ${failed.message}`);
  }
};

/** Each node was watched for a while after its deletion; a kubelet may have started again since. */
const confirmGone = async (state: TaskState): Promise<void> => {
  state.say('looking whether the deleted nodes stayed gone');
  for (let isReturnSeen = false; ;) {
    const { returned, unseen } = await lookForReturns(state, isReturnSeen);
    const back = returned.filter(({ isReturn }) => isReturn);
    for (const { nodeName, message } of returned.filter(({ isReturn }) => !isReturn)) state.addNote(nodeName, message);
    if (back.length === 0 && unseen === undefined) return;
    await state.park(unseen ?? back.map(({ message }) => message).join(' '));
    for (const { nodeName, message } of back) state.addNote(nodeName, `was parked: ${message}`);
    isReturnSeen ||= back.length > 0;
  }
};

interface ReturnLook {
  readonly returned: readonly ReturnedNode[];
  /** Why nobody could look. */
  readonly unseen?: string;
}

const lookForReturns = async (state: TaskState, isReturnSeen: boolean): Promise<ReturnLook> => {
  try {
    return { returned: await undoActivities.readReturnedNodes(state.accepted.context, state.targets, isReturnSeen) };
  } catch (error) {
    const { message } = toFailureReport(error);
    return { returned: [], unseen: `whether the deleted nodes stayed gone could not be seen: ${message}` };
  }
};

const describeHosts = (state: TaskState): string => {
  const { deleteNode, hostCleanup, nodeNames } = state.accepted.request;
  if (hostCleanup === 'skip') {
    return deleteNode ? ' The host was not cleaned: a node may rejoin when its kubelet restarts.' : '';
  }
  const leftCount = nodeNames.filter((nodeName) => !isVerified(state, nodeName)).length;
  return leftCount === 0
    ? ' Nothing of the cluster is left on the hosts.'
    : ` ${leftCount} of ${toCountText(nodeNames.length, 'host')} could not be cleaned, see the notes: a node may rejoin when its kubelet restarts.`;
};

const isVerified = (state: TaskState, nodeName: string): boolean =>
  state.stepsOf(nodeName).some(({ name, status }) => name === 'verifyHost' && status === 'Succeeded');

const describeSuccess = (state: TaskState): string => {
  const { request } = state.accepted;
  const nodes =
    request.nodeNames.length === 1 ? `node ${request.nodeNames[0] ?? ''}` : `${request.nodeNames.length} nodes`;
  const what = request.deleteNode
    ? `${nodes}: drained and deleted.`
    : `${nodes}: drained and left cordoned, as deleteNode: false asks.`;
  return `${what}${describeHosts(state)}`;
};

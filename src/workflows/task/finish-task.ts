import type { ReturnedNode } from '../../activities/node/read-returned-nodes.ts';
import { describeCleanHosts } from '../../domain/host/leftovers.ts';
import { addCounts } from '../../domain/host/preview-kinds.ts';
import { describeRunningMachines } from '../../domain/machine/describe-machine.ts';
import { toCountText } from '../../domain/text/counts.ts';
import { joinSentences } from '../../domain/text/join-sentences.ts';
import type { DecommissionReport } from '../../domain/run/report.ts';
import { undoActivities } from '../runtime/activity-options.ts';
import { toFailureReport } from '../runtime/failure-report.ts';
import type { TaskState } from './task-state.ts';
import { undoAll } from '../runtime/undo.ts';

/**
 * After the last node: releases the budgets only now, so that they protect the workloads until all nodes are done. Call it in a
 * non-cancellable scope. Never throws: a failure parks the run.
 */
export const finishTask = async (state: TaskState): Promise<DecommissionReport> => {
  state.phase = 'Finishing';
  state.passPointOfNoReturn();
  await releaseTaskBudgets(state);
  if (state.accepted.request.deleteNode) await confirmGone(state);
  return state.toReport('Decommissioned', joinSentences(describeSuccess(state), state.ignoredCancellation));
};

const releaseTaskBudgets = async (state: TaskState): Promise<void> => {
  state.setMessage("releasing this task's budgets");
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

/** Each node was watched for a while after its deletion; its kubelet may have started again since. */
const confirmGone = async (state: TaskState): Promise<void> => {
  state.setMessage('checking that deleted nodes have not re-registered');
  for (let isReturnSeen = false; ;) {
    const { returned, unchecked } = await checkForReturns(state, isReturnSeen);
    const back = returned.filter(({ isReturn }) => isReturn);
    for (const { nodeName, message } of returned.filter(({ isReturn }) => !isReturn)) state.addNote(nodeName, message);
    if (back.length === 0 && unchecked === undefined) return;
    await state.park(unchecked ?? back.map(({ message }) => message).join(' '));
    for (const { nodeName, message } of back) state.addNote(nodeName, `was parked: ${message}`);
    isReturnSeen ||= back.length > 0;
  }
};

interface ReturnCheck {
  readonly returned: readonly ReturnedNode[];
  /** Why the check failed. */
  readonly unchecked?: string;
}

const checkForReturns = async (state: TaskState, isReturnSeen: boolean): Promise<ReturnCheck> => {
  try {
    return { returned: await undoActivities.readReturnedNodes(state.accepted.context, state.targets, isReturnSeen) };
  } catch (error) {
    const { message } = toFailureReport(error);
    return { returned: [], unchecked: `could not check whether deleted nodes have re-registered: ${message}` };
  }
};

const describeHosts = (state: TaskState): string => {
  const { deleteNode, hostCleanup, nodeNames } = state.accepted.request;
  if (hostCleanup === 'skip') {
    return deleteNode ? ' The host was not cleaned: a node may rejoin when its kubelet restarts.' : '';
  }
  const verified = nodeNames.flatMap((nodeName) => state.reports.get(nodeName)?.host ?? []);
  const leftCount = nodeNames.length - verified.length;
  const hosts = nodeNames.length === 1 ? 'the host' : toCountText(verified.length, 'host');
  const counts = addCounts(verified.map(({ keptCounts }) => keptCounts));
  return [
    ...(verified.length === 0 ? [] : [` ${describeCleanHosts(hosts, counts)}`]),
    ...(leftCount === 0
      ? []
      : [
          ` ${leftCount} of ${toCountText(nodeNames.length, 'host')} could not be cleaned (see the notes): a node may rejoin when its kubelet restarts.`,
        ]),
  ].join('');
};

const describeMachines = ({ accepted, reports }: TaskState): string | undefined => {
  const ends = [...reports.values()].map(({ machine }) => machine?.state);
  const { nodeNames } = accepted.request;
  return describeRunningMachines(ends.filter((end) => end === 'StillRuns').length, nodeNames.length);
};

const describeSuccess = (state: TaskState): string => {
  const { request } = state.accepted;
  const nodes =
    request.nodeNames.length === 1 ? `node ${request.nodeNames[0] ?? ''}` : `${request.nodeNames.length} nodes`;
  const what = request.deleteNode
    ? `${nodes}: drained and deleted.`
    : `${nodes}: drained and left cordoned (deleteNode: false).`;
  return joinSentences(`${what}${describeHosts(state)}`, describeMachines(state));
};

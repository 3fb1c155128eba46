import { CancellationScope } from '@temporalio/workflow';
import type { NodePresence } from '../../activities/node/read-node-presence.ts';
import { toPassedPointCommands } from '../../domain/node/passed-point.ts';
import { toNodeTarget } from '../../domain/node/node-target.ts';
import type { FailureReport, NodeReport } from '../../domain/run/report.ts';
import type { NodeWorkflowInput } from '../../domain/run/context.ts';
import { undoActivities } from '../runtime/activity-options.ts';
import { toFailureReport } from '../runtime/failure-report.ts';

type EndOfChild = Pick<NodeReport, 'outcome' | 'failure' | 'undo'>;

/**
 * The end of a node whose own workflow closed without a report, e.g. terminated or timed out. Before the point of no return, which is
 * recorded on the Node, the task undoes its changes; after it that is impossible, and the remaining steps were not verified. A cancellation
 * has no effect on it.
 *
 * @throws a defect: see `throwDefect`.
 */
export const toEndOfLostChild = async (input: NodeWorkflowInput, failure: FailureReport): Promise<EndOfChild> => {
  const { nodeName } = input.node;
  const ended = `its workflow closed without a report (${failure.message})`;
  try {
    const presence = await CancellationScope.nonCancellable(() =>
      undoActivities.readNodePresence(input.task.context, toNodeTarget(input.node)),
    );
    switch (presence) {
      case 'there':
        return { outcome: 'RolledBack', failure: { ...failure, message: `${ended}.` }, undo: [] };
      case 'pastPointOfNoReturn':
        return toPastReturn(nodeName, failure, ended);
      case 'deleting':
      case 'gone':
        return toDeleted(nodeName, presence, failure, ended);
    }
  } catch (error) {
    const message = `${ended}, and the state of its Node could not be read: ${toFailureReport(error).message}`;
    return { outcome: 'RollbackIncomplete', failure: { ...failure, message }, undo: [] };
  }
};

const toPastReturn = (nodeName: string, failure: FailureReport, ended: string): EndOfChild => {
  const why = 'its kubelet may be stopped permanently, or its Node is being deleted';
  const message = `${ended} after its point of no return, so it stays cordoned and locked: ${why}. Start the same request again: it takes over the node and continues.`;
  return toIncomplete(nodeName, { ...failure, message }, why);
};

const toDeleted = (
  nodeName: string,
  presence: Extract<NodePresence, 'deleting' | 'gone'>,
  failure: FailureReport,
  ended: string,
): EndOfChild => {
  const state = presence === 'gone' ? 'its Node was deleted' : 'its Node was marked for deletion';
  const message =
    `${ended} after ${state}, so nothing verifies that the node does not re-register. ` +
    `Make sure that the kubelet on the host is stopped and disabled. If the node re-registers, delete the new Node.`;
  return toIncomplete(nodeName, { ...failure, message }, `${state}, which cannot be undone`);
};

/** An operator checks the Node first. */
const toIncomplete = (nodeName: string, failure: FailureReport, why: string): EndOfChild => ({
  outcome: 'RollbackIncomplete',
  failure,
  undo: [
    {
      action: `undo the changes to node ${nodeName}`,
      status: 'Failed',
      message: why,
      commands: toPassedPointCommands(nodeName),
    },
  ],
});

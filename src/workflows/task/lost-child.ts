import { CancellationScope } from '@temporalio/workflow';
import type { NodePresence } from '../../activities/node/read-node-presence.ts';
import { toNodeTarget } from '../../domain/node/node-target.ts';
import type { FailureReport, NodeReport } from '../../domain/run/report.ts';
import type { NodeWorkflowInput } from '../../domain/run/context.ts';
import { undoActivities } from '../runtime/activity-options.ts';
import { toFailureReport } from '../runtime/failure-report.ts';

type EndOfChild = Pick<NodeReport, 'outcome' | 'failure' | 'undo'>;

/**
 * The end of a node whose own workflow closed without a report, e.g. terminated or timed out. While the Node exists, the task undoes its
 * changes; after its deletion that is impossible, and the remaining steps were not verified. A cancellation has no effect on it.
 *
 * @throws a defect: see `throwDefect`.
 */
export const toEndOfLostChild = async (input: NodeWorkflowInput, failure: FailureReport): Promise<EndOfChild> => {
  const { nodeName } = input.node;
  const ended = `its workflow closed without a report (${failure.message})`;
  try {
    const presence = await CancellationScope.nonCancellable(() =>
      undoActivities.readNodeFate(input.task.context, toNodeTarget(input.node)),
    );
    if (presence === 'there' && input.task.request.hostCleanup !== 'skip') {
      return toUnknownHost(nodeName, failure, ended);
    }
    if (presence === 'there') return { outcome: 'RolledBack', failure: { ...failure, message: `${ended}.` }, undo: [] };
    return toDeleted(nodeName, presence, failure, ended);
  } catch (error) {
    const message = `${ended}, and the state of its Node could not be read: ${toFailureReport(error).message}`;
    return { outcome: 'RollbackIncomplete', failure: { ...failure, message }, undo: [] };
  }
};

/** Its kubelet may be stopped: such a node is not uncordoned automatically. */
const toUnknownHost = (nodeName: string, failure: FailureReport, ended: string): EndOfChild => {
  const message = `${ended}, and it is unknown whether host cleanup had started. Check the kubelet on the host, then uncordon the node or start again.`;
  return toIncomplete(nodeName, { ...failure, message }, 'its kubelet may be stopped permanently', [
    `kubectl uncordon ${nodeName}`,
  ]);
};

const toDeleted = (
  nodeName: string,
  presence: Exclude<NodePresence, 'there'>,
  failure: FailureReport,
  ended: string,
): EndOfChild => {
  const state = presence === 'gone' ? 'its Node was deleted' : 'its Node was marked for deletion';
  const message =
    `${ended} after ${state}, so nothing verifies that the node does not re-register. ` +
    `Make sure that the kubelet on the host is stopped and disabled. If the node re-registers, delete the new Node.`;
  return toIncomplete(nodeName, { ...failure, message }, `${state}, which cannot be undone`);
};

/** An operator checks the Node first, then runs `commands`. */
const toIncomplete = (
  nodeName: string,
  failure: FailureReport,
  why: string,
  commands: readonly string[] = [],
): EndOfChild => ({
  outcome: 'RollbackIncomplete',
  failure,
  undo: [
    {
      action: `undo the changes to node ${nodeName}`,
      status: 'Failed',
      message: why,
      commands: [`kubectl get node ${nodeName}`, ...commands],
    },
  ],
});

import { CancellationScope } from '@temporalio/workflow';
import type { NodePresence } from '../../activities/node/read-node-presence.ts';
import { toNodeTarget } from '../../domain/node/node-target.ts';
import type { FailureReport, NodeReport } from '../../domain/run/report.ts';
import type { NodeWorkflowInput } from '../../domain/run/context.ts';
import { undoActivities } from '../runtime/activity-options.ts';
import { toFailureReport } from '../runtime/failure-report.ts';

type EndOfChild = Pick<NodeReport, 'outcome' | 'failure' | 'undo'>;

/**
 * How a node ends whose own workflow closed without a report: terminated, say, or timed out. The Node itself decides: while it is there,
 * the task puts it back; once it is deleted nothing can be, and nobody watched the rest. Never throws, also after a cancel.
 */
export const toEndOfLostChild = async (input: NodeWorkflowInput, failure: FailureReport): Promise<EndOfChild> => {
  const { nodeName } = input.node;
  const ended = `its workflow was ended from outside (${failure.message})`;
  try {
    const fate = await CancellationScope.nonCancellable(() =>
      undoActivities.readNodeFate(input.task.context, toNodeTarget(input.node)),
    );
    if (fate === 'there' && input.task.request.hostCleanup !== 'skip') return toUnknownHost(nodeName, failure, ended);
    if (fate === 'there') return { outcome: 'RolledBack', failure: { ...failure, message: `${ended}.` }, undo: [] };
    return toDeleted(nodeName, fate, failure, ended);
  } catch (error) {
    const message = `${ended}, and what became of its Node could not be found out: ${toFailureReport(error).message}`;
    return { outcome: 'RollbackIncomplete', failure: { ...failure, message }, undo: [] };
  }
};

/** Its kubelet may be stopped by now: such a node is not put back into service. */
const toUnknownHost = (nodeName: string, failure: FailureReport, ended: string): EndOfChild => {
  const message = `${ended}, and whether its host was being cleaned by then is not known. Look at the host's kubelet, then uncordon the node or start again.`;
  return toIncomplete(nodeName, { ...failure, message }, 'its kubelet may be stopped for good', [
    `kubectl uncordon ${nodeName}`,
  ]);
};

const toDeleted = (
  nodeName: string,
  fate: Exclude<NodePresence, 'there'>,
  failure: FailureReport,
  ended: string,
): EndOfChild => {
  const state = fate === 'gone' ? 'its Node was deleted' : 'its Node was marked for deletion';
  const message =
    `${ended} after ${state}, so nobody watches whether it stays gone. ` +
    `Make sure that the kubelet on the host is stopped and disabled; if the machine registers again, delete that Node.`;
  return toIncomplete(nodeName, { ...failure, message }, `${state}, which nobody can take back`);
};

/** A person looks at the Node first, then runs `commands`. */
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
      action: `put node ${nodeName} back`,
      status: 'Failed',
      message: why,
      commands: [`kubectl get node ${nodeName}`, ...commands],
    },
  ],
});

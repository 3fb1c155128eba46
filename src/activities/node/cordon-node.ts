import { DecommissionFailure, FailureType } from '../../domain/run/failures.ts';
import {
  planCordon,
  planReleaseKeepingCordon,
  planUncordon,
  type NodeRestorePlan,
} from '../../domain/node/cordon-plan.ts';
import { parseEarlierNodeState } from '../../domain/node/earlier-state.ts';
import type { NodeFacts } from '../../domain/cluster/facts.ts';
import { EARLIER_STATE_ANNOTATION } from '../../domain/cluster/annotations.ts';
import { toNodeCommands, type EarlierMarks } from '../../domain/node/repair-commands.ts';
import type { UndoReport } from '../../domain/run/report.ts';
import type { TaskContext } from '../../domain/run/context.ts';
import type { NodeTarget } from '../../domain/node/node-target.ts';
import type { Cluster } from '../../ports/cluster.ts';
import type { ActivityDependencies } from '../support/activity-dependencies.ts';
import { changeNode } from './change-node.ts';
import { openVerifiedCluster } from '../support/open-verified-cluster.ts';

export interface CordonResult {
  /** As recorded on the Node, for the commands of a person who has to repair it. */
  readonly earlier?: EarlierMarks;
}

/** Earlier values are short; somebody's long one stays on the Node, where the record of it is. */
const MAX_EARLIER_LENGTH = 4000;

/**
 * Marks the Node unschedulable, with owner, reason and earlier state recorded on it, in one write. A Node that already carries our
 * record is left alone. Throws `NodeChanged`, not retryable, when the planned Node is gone, and `CordonLost` when somebody uncordoned it.
 */
export const cordonNode =
  (dependencies: ActivityDependencies) =>
  async (context: TaskContext, target: NodeTarget): Promise<CordonResult> => {
    const cluster = await openVerifiedCluster(dependencies, context);
    const cordoned = await changeNode(cluster, target, (node) => {
      if (!node) {
        throw new DecommissionFailure(
          FailureType.NodeChanged,
          `node ${target.nodeName} with UID ${target.nodeUid} is not there any more, so it was not cordoned. If it was made anew, start again for the new one.`,
        );
      }
      const change = planCordon(node, context);
      if (change === 'nothing' && !node.unschedulable) throw cordonLost(node, context.taskId);
      return change;
    });
    const earlier = readEarlierMarks(cordoned, context.taskId);
    return earlier && JSON.stringify(earlier).length <= MAX_EARLIER_LENGTH ? { earlier } : {};
  };

const readEarlierMarks = (node: NodeFacts | undefined, taskId: string): EarlierMarks | undefined => {
  const record = parseEarlierNodeState(node?.annotations[EARLIER_STATE_ANNOTATION]);
  if (record?.taskId !== taskId) return undefined;
  return { unschedulable: record.unschedulable, annotations: record.annotations };
};

/** Undo of `cordonNode`: writes back only what still is as we left it; everything else is kept and said. */
export const uncordonNode =
  (dependencies: ActivityDependencies) =>
  async (context: TaskContext, target: NodeTarget): Promise<UndoReport> => {
    const cluster = await openVerifiedCluster(dependencies, context);
    const sentences = {
      action: `uncordon node ${target.nodeName}`,
      undone: 'as it was before',
      nothing: 'already as it was',
    };
    return await restoreNode(cluster, target, sentences, (node) => planUncordon(node, context.taskId));
  };

/** For `deleteNode: false`: takes our marks off the Node and leaves it cordoned. */
export const releaseNodeKeepingCordon =
  (dependencies: ActivityDependencies) =>
  async (context: TaskContext, target: NodeTarget): Promise<UndoReport> => {
    const cluster = await openVerifiedCluster(dependencies, context);
    const sentences = {
      action: `take our marks off node ${target.nodeName}, leave it cordoned`,
      undone: 'our marks are off; the node stays cordoned',
      nothing: 'our marks were off already; the node stays cordoned',
    };
    return await restoreNode(cluster, target, sentences, (node) => planReleaseKeepingCordon(node, context.taskId));
  };

interface RestoreSentences {
  readonly action: string;
  readonly undone: string;
  readonly nothing: string;
}

/** The report is of the last look: the Node may change, or go, between two of them. */
const restoreNode = async (
  cluster: Cluster,
  target: NodeTarget,
  sentences: RestoreSentences,
  planRestore: (node: NodeFacts) => NodeRestorePlan,
): Promise<UndoReport> => {
  const { action } = sentences;
  const gone: UndoReport = { action, status: 'NothingToDo', message: 'the Node with that UID is gone' };
  let report = gone;
  await changeNode(cluster, target, (node) => {
    const plan = node && planRestore(node);
    report = plan ? toUndoReport(sentences, plan) : gone;
    return plan?.change ?? 'nothing';
  });
  return report;
};

/** Our marks are there and the cordon is not: somebody took it away, after us or after an earlier run of this task that died. */
const cordonLost = (node: NodeFacts, taskId: string): DecommissionFailure => {
  const commands = toNodeCommands(node.name, taskId, readEarlierMarks(node, taskId));
  return new DecommissionFailure(
    FailureType.CordonLost,
    `node ${node.name} carries the marks of this task but somebody uncordoned it. If it shall go all the same, put back what it was ` +
      `(\`${commands.join('\`, \`')}\`) and start again.`,
  );
};

const toUndoReport = ({ action, undone, nothing }: RestoreSentences, plan: NodeRestorePlan): UndoReport => {
  if (plan.notes.length > 0) return { action, status: 'Kept', message: plan.notes.join('; ') };
  return plan.change === 'nothing'
    ? { action, status: 'NothingToDo', message: nothing }
    : { action, status: 'Undone', message: undone };
};

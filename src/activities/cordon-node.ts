import { DecommissionFailure } from '../domain/decommission-failure.ts';
import {
  planCordon,
  planReleaseKeepingCordon,
  planUncordon,
  type NodeRestorePlan,
} from '../domain/earlier-node-state.ts';
import type { NodeFacts } from '../domain/facts.ts';
import { FailureType } from '../domain/failure-type.ts';
import { EARLIER_STATE_ANNOTATION, OWNER_TASK_ANNOTATION } from '../domain/names.ts';
import type { UndoReport } from '../domain/report.ts';
import type { NodeTarget, TaskContext } from '../domain/task-context.ts';
import type { Cluster } from '../ports/cluster.ts';
import type { ActivityDependencies } from './activity-dependencies.ts';
import { changeNode } from './change-node.ts';
import { openCluster } from './open-cluster.ts';

/**
 * Marks the Node unschedulable, with owner, reason and earlier state recorded on it, in one write. A Node that already carries our
 * record is left alone. Throws `NodeChanged`, not retryable, when the planned Node is gone.
 */
export const cordonNode =
  (dependencies: ActivityDependencies) =>
  async (context: TaskContext, target: NodeTarget): Promise<void> => {
    const cluster = await openCluster(dependencies, context);
    await changeNode(cluster, target, (node) => {
      if (!node) {
        throw new DecommissionFailure(
          FailureType.NodeChanged,
          `node ${target.nodeName} with UID ${target.nodeUid} is not there any more, so it was not cordoned. If it was made anew, start again for the new one.`,
        );
      }
      const change = planCordon(node, context);
      if (change === 'nothing' && !node.unschedulable) throw cordonLost(target);
      return change;
    });
  };

/** Undo of `cordonNode`: writes back only what still is as we left it; everything else is kept and said. */
export const uncordonNode =
  (dependencies: ActivityDependencies) =>
  async (context: TaskContext, target: NodeTarget): Promise<UndoReport> => {
    const cluster = await openCluster(dependencies, context);
    return await restoreNode(cluster, target, `uncordon node ${target.nodeName}`, (node) =>
      planUncordon(node, context.taskId),
    );
  };

/** For `deleteNode: false`: takes our marks off the Node and leaves it cordoned. */
export const releaseNodeKeepingCordon =
  (dependencies: ActivityDependencies) =>
  async (context: TaskContext, target: NodeTarget): Promise<UndoReport> => {
    const cluster = await openCluster(dependencies, context);
    const action = `take our marks off node ${target.nodeName}, leave it cordoned`;
    return await restoreNode(cluster, target, action, (node) => planReleaseKeepingCordon(node, context.taskId));
  };

/** The report is of the last look: the Node may change, or go, between two of them. */
const restoreNode = async (
  cluster: Cluster,
  target: NodeTarget,
  action: string,
  planRestore: (node: NodeFacts) => NodeRestorePlan,
): Promise<UndoReport> => {
  const gone: UndoReport = { action, status: 'NothingToDo', message: 'the Node with that UID is gone' };
  let report = gone;
  await changeNode(cluster, target, (node) => {
    const plan = node && planRestore(node);
    report = plan ? toUndoReport(action, plan) : gone;
    return plan?.change ?? 'nothing';
  });
  return report;
};

/** Our marks are there and the cordon is not: somebody took it away, after us or after an earlier run of this task that died. */
const cordonLost = ({ nodeName }: NodeTarget): DecommissionFailure =>
  new DecommissionFailure(
    FailureType.CordonLost,
    `node ${nodeName} carries the marks of this task but somebody uncordoned it. If it shall go all the same, remove the marks ` +
      `(\`kubectl annotate node ${nodeName} ${OWNER_TASK_ANNOTATION}- ${EARLIER_STATE_ANNOTATION}-\`) and start again.`,
  );

const toUndoReport = (action: string, plan: NodeRestorePlan): UndoReport => {
  if (plan.notes.length > 0) return { action, status: 'Kept', message: plan.notes.join('; ') };
  return plan.change === 'nothing'
    ? { action, status: 'NothingToDo', message: 'already as it was' }
    : { action, status: 'Undone', message: 'as it was before' };
};

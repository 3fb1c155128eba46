import { activityInfo, heartbeat, sleep } from '@temporalio/activity';
import { DecommissionFailure } from '../domain/decommission-failure.ts';
import type { NodeFacts } from '../domain/facts.ts';
import { FailureType } from '../domain/failure-type.ts';
import type { NodeTarget, TaskContext } from '../domain/task-context.ts';
import type { Cluster, DeletionAnswer } from '../ports/cluster.ts';
import { isClusterFailure } from '../ports/cluster-failure.ts';
import type { ActivityDependencies } from './activity-dependencies.ts';
import { toNodeCameBackFailure } from './node-came-back.ts';
import { openCluster } from './open-cluster.ts';

const POLL_MILLISECONDS = 500;
const GONE_WITHIN_MILLISECONDS = 60_000;

/**
 * Deletes the Node under its UID and sees it gone. Safe to repeat.
 * Throws `NodeDeletionRefused` and `NodeChanged` (not retryable) only when it is proven that nothing was deleted by us;
 * `NodeCameBack` (not retryable) for another Node of that name after our deletion; ClusterFailure (retryable) when the outcome is unknown.
 */
export const deleteNode =
  (dependencies: ActivityDependencies) =>
  async (context: TaskContext, target: NodeTarget, attemptedBefore: boolean): Promise<void> => {
    const cluster = await openCluster(dependencies, context);
    const mayHaveDeleted = attemptedBefore || activityInfo().attempt > 1;
    const node = await cluster.readNode(target.nodeName);
    if (!node) return;
    if (node.uid !== target.nodeUid) throw toChangedFailure(target, node, mayHaveDeleted);
    const answer = node.deleting ? 'accepted' : await requestDeletion(cluster, target);
    await awaitGone(dependencies, cluster, target, mayHaveDeleted || answer === 'accepted');
  };

const requestDeletion = async (cluster: Cluster, target: NodeTarget): Promise<DeletionAnswer> => {
  try {
    return await cluster.deleteNode({ name: target.nodeName, uid: target.nodeUid }, { dryRun: false });
  } catch (error) {
    if (!isClusterFailure(error) || error.retryable) throw error;
    throw new DecommissionFailure(
      FailureType.NodeDeletionRefused,
      `the API server refuses to delete node ${target.nodeName}: ${error.message}. The Node is still there; remove the reason and start again.`,
    );
  }
};

const awaitGone = async (
  dependencies: ActivityDependencies,
  cluster: Cluster,
  target: NodeTarget,
  mayHaveDeleted: boolean,
): Promise<void> => {
  const deadlineAt = dependencies.now() + GONE_WITHIN_MILLISECONDS;
  for (;;) {
    const node = await cluster.readNode(target.nodeName);
    if (!node) return;
    if (node.uid !== target.nodeUid) throw toChangedFailure(target, node, mayHaveDeleted);
    if (dependencies.now() >= deadlineAt) {
      throw new DecommissionFailure(
        FailureType.ClusterUnavailable,
        `node ${target.nodeName} is marked for deletion and held by finalizers ${node.finalizers.join(', ') || '(none)'}; what set them must finish.`,
        { retryable: true },
      );
    }
    heartbeat({ message: `node ${target.nodeName} is being deleted` });
    await sleep(POLL_MILLISECONDS);
  }
};

const toChangedFailure = (target: NodeTarget, node: NodeFacts, mayHaveDeleted: boolean): DecommissionFailure =>
  mayHaveDeleted
    ? toNodeCameBackFailure(target, node)
    : new DecommissionFailure(
        FailureType.NodeChanged,
        `node ${target.nodeName} has UID ${node.uid} now, planned was ${target.nodeUid}: somebody made it anew. That one is not touched.`,
      );

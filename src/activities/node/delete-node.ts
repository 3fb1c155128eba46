import { activityInfo, sleep } from '@temporalio/activity';
import { DecommissionFailure, FailureType } from '../../domain/run/failures.ts';
import type { NodeFacts } from '../../domain/cluster/facts.ts';
import type { TaskContext } from '../../domain/run/context.ts';
import type { NodeTarget } from '../../domain/node/node-target.ts';
import type { Cluster, DeletionAnswer } from '../../ports/cluster.ts';
import { isClusterFailure } from '../../ports/cluster-failure.ts';
import type { ActivityDependencies } from '../support/activity-dependencies.ts';
import { beat } from '../support/with-heartbeat.ts';
import { toNodeGone, type NodeGone } from './node-came-back.ts';
import { forgetNode, recallNode } from './seen-nodes.ts';
import { openProvenCluster, openVerifiedCluster } from '../support/open-verified-cluster.ts';

/** Earlier deletions of this Node by the run, apart from attempts of the current call. */
export interface DeletionPast {
  /** An earlier call may have deleted it. */
  readonly attemptedBefore: boolean;
  /** See `judgeReturnedNode`. */
  readonly isReturnSeen: boolean;
}

const POLL_MILLISECONDS = 500;
const GONE_WITHIN_MILLISECONDS = 60_000;

/**
 * Deletes the Node under its UID and waits until it is gone. Safe to repeat.
 *
 * @throws DecommissionFailure `NodeDeletionRefused`, not retryable: the API server refuses; it is proven that this run deleted nothing.
 * @throws DecommissionFailure `NodeChanged`, not retryable: the Node was recreated; it is proven that this run deleted nothing.
 * @throws DecommissionFailure `NodeCameBack`, not retryable: the machine has a new Node after the deletion.
 * @throws DecommissionFailure `NodeDeletionHeld`, not retryable: finalizers held the Node for a minute.
 * @throws DecommissionFailure `ClusterMismatch`, retryable: see `openVerifiedCluster`.
 * @throws ClusterFailure retryable: the outcome is unknown
 */
export const deleteNode =
  (dependencies: ActivityDependencies) =>
  async (context: TaskContext, target: NodeTarget, past: DeletionPast): Promise<NodeGone> => {
    const cluster = await openProvenCluster(dependencies, context);
    const mayHaveDeleted = past.attemptedBefore || activityInfo().attempt > 1;
    // What was seen a moment ago is enough: the deletion has the UID as precondition.
    const node = recallNode(cluster, target) ?? (await cluster.readNode(target.nodeName));
    forgetNode(cluster, target.nodeName);
    const isDone = node?.uid !== target.nodeUid;
    // A Node with the planned UID proves the cluster; without one it has to be proven now.
    if (isDone) await openVerifiedCluster(dependencies, context);
    if (isDone) return toGone(target, node, { ...past, attemptedBefore: mayHaveDeleted });
    const answer = node.deleting ? 'accepted' : await requestDeletion(cluster, target);
    if (answer !== 'accepted') await openVerifiedCluster(dependencies, context);
    const returnedNode = await awaitGone(dependencies, cluster, target);
    return toGone(target, returnedNode, { ...past, attemptedBefore: mayHaveDeleted || answer === 'accepted' });
  };

const requestDeletion = async (cluster: Cluster, target: NodeTarget): Promise<DeletionAnswer> => {
  try {
    return await cluster.deleteNode({ name: target.nodeName, uid: target.nodeUid }, { dryRun: false });
  } catch (error) {
    if (!isClusterFailure(error) || error.retryable) throw error;
    throw new DecommissionFailure(
      FailureType.NodeDeletionRefused,
      `the API server refuses to delete node ${target.nodeName}: ${error.message}. The Node still exists; fix the cause and start again.`,
    );
  }
};

/** Resolves when the Node is gone, with the Node that now has its name, if any. */
const awaitGone = async (
  dependencies: ActivityDependencies,
  cluster: Cluster,
  target: NodeTarget,
): Promise<NodeFacts | undefined> => {
  const deadlineAt = dependencies.now() + GONE_WITHIN_MILLISECONDS;
  for (;;) {
    const node = await cluster.readNode(target.nodeName);
    if (node?.uid !== target.nodeUid) return node;
    if (dependencies.now() >= deadlineAt) {
      throw new DecommissionFailure(
        FailureType.NodeDeletionHeld,
        `node ${target.nodeName} is marked for deletion but held by finalizers ${node.finalizers.join(', ') || '(none)'}. ` +
          `Make sure that the controllers that set them finish, or remove the finalizers.`,
      );
    }
    beat({ message: `node ${target.nodeName} is being deleted` });
    await sleep(POLL_MILLISECONDS);
  }
};

/** The Node with that UID is gone; `returnedNode` now has its name, if any does. */
const toGone = (target: NodeTarget, returnedNode: NodeFacts | undefined, past: DeletionPast): NodeGone => {
  if (!returnedNode) return { notes: [] };
  if (past.attemptedBefore) return toNodeGone(target, returnedNode, past.isReturnSeen);
  throw new DecommissionFailure(
    FailureType.NodeChanged,
    `node ${target.nodeName} has UID ${returnedNode.uid}, but the plan was made for UID ${target.nodeUid}: the Node was recreated and is left untouched.`,
  );
};

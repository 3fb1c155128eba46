import { activityInfo, sleep } from '@temporalio/activity';
import { DecommissionFailure, FailureType } from '../../domain/run/failures.ts';
import type { NodeFacts } from '../../domain/cluster/facts.ts';
import type { TaskContext } from '../../domain/run/context.ts';
import type { NodeTarget } from '../../domain/node/node-target.ts';
import type { Cluster, DeletionAnswer } from '../../ports/cluster.ts';
import { isClusterFailure } from '../../ports/cluster-failure.ts';
import type { ActivityDependencies } from '../support/activity-dependencies.ts';
import { beat } from '../support/with-heartbeat.ts';
import { toGoneDespite, type NodeGone } from './node-came-back.ts';
import { openVerifiedCluster } from '../support/open-verified-cluster.ts';

/** What the run knows of earlier deletions of this Node, beside the attempts of this very call. */
export interface DeletionPast {
  /** An earlier call may have deleted it. */
  readonly attemptedBefore: boolean;
  /** See `judgeReturnedNode`. */
  readonly isReturnSeen: boolean;
}

const POLL_MILLISECONDS = 500;
const GONE_WITHIN_MILLISECONDS = 60_000;

/**
 * Deletes the Node under its UID and sees it gone. Safe to repeat.
 * Throws `NodeDeletionRefused` and `NodeChanged` (not retryable) only when it is proven that nothing was deleted by us;
 * `NodeCameBack` (not retryable) for the machine's new Node after our deletion, `NodeDeletionHeld` (not retryable) when finalizers hold it
 * for a minute; ClusterFailure (retryable) when the outcome is unknown.
 */
export const deleteNode =
  (dependencies: ActivityDependencies) =>
  async (context: TaskContext, target: NodeTarget, past: DeletionPast): Promise<NodeGone> => {
    const cluster = await openVerifiedCluster(dependencies, context);
    const mayHaveDeleted = past.attemptedBefore || activityInfo().attempt > 1;
    const node = await cluster.readNode(target.nodeName);
    const isDone = node?.uid !== target.nodeUid;
    if (isDone) return toGone(target, node, { ...past, attemptedBefore: mayHaveDeleted });
    const answer = node.deleting ? 'accepted' : await requestDeletion(cluster, target);
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
      `the API server refuses to delete node ${target.nodeName}: ${error.message}. The Node is still there; remove the reason and start again.`,
    );
  }
};

/** Resolves once the Node is gone, with another one that has its name by then. */
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
        `node ${target.nodeName} is marked for deletion and held by finalizers ${node.finalizers.join(', ') || '(none)'}. ` +
          `See that what set them finishes, or remove them.`,
      );
    }
    beat({ message: `node ${target.nodeName} is being deleted` });
    await sleep(POLL_MILLISECONDS);
  }
};

/** The Node of that UID is not there; `returnedNode` has its name now, if anything does. */
const toGone = (target: NodeTarget, returnedNode: NodeFacts | undefined, past: DeletionPast): NodeGone => {
  if (!returnedNode) return { notes: [] };
  if (past.attemptedBefore) return toGoneDespite(target, returnedNode, past.isReturnSeen);
  throw new DecommissionFailure(
    FailureType.NodeChanged,
    `node ${target.nodeName} has UID ${returnedNode.uid} now, planned was ${target.nodeUid}: somebody made it anew. That one is not touched.`,
  );
};

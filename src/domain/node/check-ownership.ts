import { DecommissionFailure, FailureType } from '../run/failures.ts';
import type { NodeFacts } from '../cluster/facts.ts';
import { findNodeClaim } from './claimed-node.ts';
import { judgeNodeLock, type LockHolder } from './lock.ts';
import { LOCK_ANNOTATION } from '../cluster/annotations.ts';
import type { NodeTarget } from './node-target.ts';

/**
 * Checks that the node is still the planned one, cordoned and locked by this task, and that no other controller is removing it. `node`: the Node
 * that has the name now, if any. Returns undefined when all of it holds, else `NodeChanged`, `CordonLost`, `LockLost` or `NodeClaimed`, none
 * retryable: another client changed it.
 */
export const checkOwnership = (
  node: NodeFacts | undefined,
  { nodeName, nodeUid }: NodeTarget,
  holder: LockHolder,
): DecommissionFailure | undefined => {
  if (node?.uid !== nodeUid) {
    return new DecommissionFailure(
      FailureType.NodeChanged,
      node
        ? `node ${nodeName} has UID ${node.uid}, but the plan was made for UID ${nodeUid}: the Node was recreated and is left untouched.`
        : `node ${nodeName} with UID ${nodeUid} no longer exists: another client deleted it. Nothing more is done to it.`,
    );
  }
  if (!node.unschedulable) {
    return new DecommissionFailure(
      FailureType.CordonLost,
      `node ${nodeName} was uncordoned by another client during the drain, so it is treated as back in service and left untouched. If that was a mistake, start the task again.`,
    );
  }
  if (judgeNodeLock(node.annotations[LOCK_ANNOTATION], holder).kind !== 'ours') {
    return new DecommissionFailure(
      FailureType.LockLost,
      `the lock of this task on node ${nodeName} was removed or replaced, so another task may be working on the node. Nothing more is done to it.`,
    );
  }
  return checkClaim(node);
};

/**
 * Checks that no other task has locked the node, before this task cordons it: a task that is reset may have released its lock since it got
 * it. Returns `LockLost`, not retryable, or undefined. A lock that an earlier run of this task has left on it is no obstacle.
 */
export const checkForeignLock = (
  { name, annotations }: Pick<NodeFacts, 'name' | 'annotations'>,
  holder: LockHolder,
): DecommissionFailure | undefined => {
  const lock = judgeNodeLock(annotations[LOCK_ANNOTATION], holder);
  if (lock.kind !== 'held' || lock.holder.taskId === holder.taskId) return undefined;
  return new DecommissionFailure(
    FailureType.LockLost,
    `node ${name} is locked by task ${lock.holder.taskId} now (workflow ${lock.holder.workflowId}), so this task does not cordon it. Wait for that task, then start this one again.`,
  );
};

const checkClaim = (node: NodeFacts): DecommissionFailure | undefined => {
  const claim = findNodeClaim(node);
  if (!claim) return undefined;
  return new DecommissionFailure(
    FailureType.NodeClaimed,
    `${claim.name} has begun to remove node ${node.name} during the drain (taint ${claim.taintKey}), so two programs would evict its pods. This run stops, and its changes are undone. If the node is still there afterwards, start the task again.`,
  );
};

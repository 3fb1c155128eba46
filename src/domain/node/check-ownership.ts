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

const checkClaim = (node: NodeFacts): DecommissionFailure | undefined => {
  const claim = findNodeClaim(node);
  if (!claim) return undefined;
  return new DecommissionFailure(
    FailureType.NodeClaimed,
    `${claim.name} has begun to remove node ${node.name} during the drain (taint ${claim.taintKey}), so two programs would evict its pods. This run stops, and its changes are undone. If the node is still there afterwards, start the task again.`,
  );
};

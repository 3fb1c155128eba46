import { DecommissionFailure, FailureType } from '../run/failures.ts';
import type { NodeFacts } from '../cluster/facts.ts';
import { judgeNodeLock, type LockHolder } from './lock.ts';
import { LOCK_ANNOTATION } from '../cluster/annotations.ts';
import type { NodeTarget } from './node-target.ts';

/**
 * Whether the node is still the one that was planned, cordoned and ours. `node`: what carries that name now, if anything does.
 * Undefined when all holds; else `NodeChanged`, `CordonLost` or `LockLost`, none retryable: somebody else wants something else with it.
 */
export const checkOwnership = (
  node: NodeFacts | undefined,
  { nodeName, nodeUid }: NodeTarget,
  holder: LockHolder,
): DecommissionFailure | undefined => {
  if (node?.uid !== nodeUid) {
    const now = node ? `another Node of that name is there now (UID ${node.uid})` : 'it is gone';
    return new DecommissionFailure(
      FailureType.NodeChanged,
      `node ${nodeName} with UID ${nodeUid} was changed by somebody else: ${now}. It is left as it is.`,
    );
  }
  if (!node.unschedulable) {
    return new DecommissionFailure(
      FailureType.CordonLost,
      `somebody uncordoned node ${nodeName} while we drained it, so they want it in service. It is left as it is; start again if that was a mistake.`,
    );
  }
  if (judgeNodeLock(node.annotations[LOCK_ANNOTATION], holder).kind !== 'ours') {
    return new DecommissionFailure(
      FailureType.LockLost,
      `our lock on node ${nodeName} was removed or replaced, so somebody else may be working on it. Nothing more is done to it.`,
    );
  }
  return undefined;
};

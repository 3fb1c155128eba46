import { DecommissionFailure, FailureType } from '../../domain/run/failures.ts';
import type { NodeFacts } from '../../domain/cluster/facts.ts';
import { judgeReturnedNode } from '../../domain/node/returned-node.ts';
import type { NodeTarget } from '../../domain/node/node-target.ts';

/** The Node is gone. `notes`: what the report says besides, e.g. that another machine has its name now. */
export interface NodeGone {
  readonly notes: readonly string[];
}

/**
 * What `seen`, a Node that carries the name of `target` after that was deleted, means for the run: a note when it is another machine.
 * Throws `NodeCameBack`, not retryable, when it is the same one or cannot be told. `isReturnSeen`: see `judgeReturnedNode`.
 */
export const toGoneDespite = (
  target: NodeTarget,
  seen: Pick<NodeFacts, 'uid' | 'machineID'>,
  isReturnSeen: boolean,
): NodeGone => {
  const { kind, message } = judgeReturnedNode(target, seen, isReturnSeen);
  if (kind === 'otherMachine') return { notes: [message] };
  throw new DecommissionFailure(FailureType.NodeCameBack, message);
};

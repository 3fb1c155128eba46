import { DecommissionFailure, FailureType } from '../../domain/run/failures.ts';
import type { NodeFacts } from '../../domain/cluster/facts.ts';
import { judgeReturnedNode } from '../../domain/node/returned-node.ts';
import type { NodeTarget } from '../../domain/node/node-target.ts';

/** The Node is gone. `notes`: for the report, e.g. that another machine now has its name. */
export interface NodeGone {
  readonly notes: readonly string[];
}

/**
 * Judges `seen`, a Node that has the name of `target` after its deletion: a note when it is another machine. `isReturnSeen`: see
 * `judgeReturnedNode`.
 *
 * @throws DecommissionFailure `NodeCameBack`, not retryable: it is the same machine, or may be.
 */
export const toNodeGone = (
  target: NodeTarget,
  seen: Pick<NodeFacts, 'uid' | 'machineID'>,
  isReturnSeen: boolean,
): NodeGone => {
  const { kind, message } = judgeReturnedNode(target, seen, isReturnSeen);
  if (kind === 'otherMachine') return { notes: [message] };
  throw new DecommissionFailure(FailureType.NodeCameBack, message);
};

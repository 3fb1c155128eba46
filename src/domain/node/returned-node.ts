import type { NodeFacts } from '../cluster/facts.ts';
import type { NodeTarget } from './node-target.ts';

export interface ReturnedNodeJudgement {
  /**
   * `cameBack`: the machine that was removed. `mayHaveComeBack`: one of the two Nodes has no machine ID, so an operator must check.
   * `otherMachine`: another machine, e.g. an instance group gives a new machine the name of the old one.
   */
  readonly kind: 'cameBack' | 'mayHaveComeBack' | 'otherMachine';
  /** What happened, and what the operator must do, if anything. */
  readonly message: string;
}

/**
 * Judges a Node that has the name of `removed` after that was deleted. Such a Node is never touched. `isReturnSeen`: a return was reported
 * and an operator resumed the run, so an unknown machine counts as another one; the same machine ID still means that it came back.
 */
export const judgeReturnedNode = (
  removed: NodeTarget,
  seen: Pick<NodeFacts, 'uid' | 'machineID'>,
  isReturnSeen: boolean,
): ReturnedNodeJudgement => {
  const { nodeName, machineID } = removed;
  const isKnown = machineID !== '' && seen.machineID !== '';
  if (isKnown && machineID === seen.machineID) {
    return {
      kind: 'cameBack',
      message:
        `the same machine registered as node ${nodeName} again (UID ${seen.uid}): its kubelet is still running. The Node is left untouched. ` +
        `Stop and disable the kubelet on the host, and delete the Node.`,
    };
  }
  if (isKnown) {
    return {
      kind: 'otherMachine',
      message: `another machine registered as node ${nodeName} (UID ${seen.uid}, machine ID ${seen.machineID}); it is left untouched`,
    };
  }
  if (isReturnSeen) {
    return {
      kind: 'otherMachine',
      message: `a machine registered as node ${nodeName} (UID ${seen.uid}) and an operator resumed the run; it is left untouched`,
    };
  }
  return {
    kind: 'mayHaveComeBack',
    message:
      `a machine registered as node ${nodeName} (UID ${seen.uid}); it is unknown whether it is the removed machine ` +
      `(machine ID: ${seen.machineID || 'none'}, of the removed machine: ${machineID || 'none'}). The Node is left untouched. ` +
      `Identify the machine first: if it is the removed one, stop and disable its kubelet and delete the Node; otherwise leave it.`,
  };
};

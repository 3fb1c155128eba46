import type { NodeFacts } from '../cluster/facts.ts';
import type { NodeTarget } from './node-target.ts';

export interface ReturnedNodeJudgement {
  /**
   * `cameBack`: the machine that was removed. `mayHaveComeBack`: one of the two says nothing of its machine, so a person has to look.
   * `otherMachine`: somebody else's; an instance group gives a new machine the name of the old one.
   */
  readonly kind: 'cameBack' | 'mayHaveComeBack' | 'otherMachine';
  /** What happened, and what a person is to do, if anything. */
  readonly message: string;
}

/**
 * What a Node is that carries the name of `removed` after that was deleted. It is never touched. `isReturnSeen`: a person was told of a
 * return and said to go on, so what no machine ID can tell is decided; that the same machine is there stays a fact.
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
        `the same machine registered as node ${nodeName} again (UID ${seen.uid}): its kubelet still runs. That Node is not touched. ` +
        `Stop and disable the kubelet on the host, and delete the Node.`,
    };
  }
  if (isKnown) {
    return {
      kind: 'otherMachine',
      message: `another machine registered as node ${nodeName} (UID ${seen.uid}, machine ID ${seen.machineID}); it is not touched`,
    };
  }
  if (isReturnSeen) {
    return {
      kind: 'otherMachine',
      message: `a machine registered as node ${nodeName} (UID ${seen.uid}) and a person said to go on; it is not touched`,
    };
  }
  return {
    kind: 'mayHaveComeBack',
    message:
      `a machine registered as node ${nodeName} (UID ${seen.uid}), and whether it is the removed one cannot be told ` +
      `(machine ID ${seen.machineID || 'none'}, that of the removed one ${machineID || 'none'}). That Node is not touched. ` +
      `Find out first which machine it is: if the removed one, stop and disable its kubelet and delete the Node; if another, leave it.`,
  };
};

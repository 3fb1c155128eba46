import { DecommissionFailure } from '../domain/decommission-failure.ts';
import type { NodeFacts } from '../domain/facts.ts';
import { FailureType } from '../domain/failure-type.ts';
import type { NodeTarget } from '../domain/task-context.ts';

/** `NodeCameBack`, not retryable: `node` registered under the name of `target` after that was deleted, and is not touched. */
export const toNodeCameBackFailure = (
  target: NodeTarget,
  node: Pick<NodeFacts, 'uid' | 'machineID'>,
): DecommissionFailure => {
  const machine = node.machineID !== '' && node.machineID === target.machineID ? 'the same machine' : 'a machine';
  return new DecommissionFailure(
    FailureType.NodeCameBack,
    `${machine} registered as node ${target.nodeName} again (UID ${node.uid}): its kubelet still runs. That Node is not touched. ` +
      `Stop and disable the kubelet on the host, and delete the Node.`,
  );
};

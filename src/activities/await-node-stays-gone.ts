import { Context } from '@temporalio/activity';
import { DecommissionFailure } from '../domain/decommission-failure.ts';
import type { NodeFacts } from '../domain/facts.ts';
import { FailureType } from '../domain/failure-type.ts';
import type { NodeTarget, TaskContext } from '../domain/task-context.ts';
import type { ActivityDependencies } from './activity-dependencies.ts';
import { openCluster } from './open-cluster.ts';

const HEARTBEAT_MILLISECONDS = 5000;

/**
 * Watches until `untilAt` (milliseconds since the epoch) that no Node of that name registers, and looks once more at the end.
 * Reads only, heartbeats. Throws `NodeCameBack`, not retryable.
 */
export const awaitNodeStaysGone =
  (dependencies: ActivityDependencies) =>
  async (context: TaskContext, target: NodeTarget, untilAt: number): Promise<void> => {
    const cluster = await openCluster(dependencies, context);
    const activity = Context.current();
    const heart = setInterval(() => {
      activity.heartbeat({
        message: `node ${target.nodeName} must stay gone until ${new Date(untilAt).toISOString()}`,
      });
    }, HEARTBEAT_MILLISECONDS);
    let cameBack: (node: NodeFacts) => void = () => undefined;
    const returned = new Promise<NodeFacts>((resolve) => (cameBack = resolve));
    const follower = cluster.followNode(target.nodeName, {
      onSync: (nodes) => {
        if (nodes[0]) cameBack(nodes[0]);
      },
      onChange: cameBack,
      onRemove: () => undefined,
      // The follower re-lists after trouble, and the last look below does not rely on it.
      onTrouble: () => undefined,
    });
    try {
      const remainingMilliseconds = Math.max(0, untilAt - dependencies.now());
      const node = await Promise.race([returned, activity.sleep(remainingMilliseconds)]);
      const seen = node ?? (await cluster.readNode(target.nodeName));
      if (seen) throw toFailure(target, seen);
    } finally {
      follower.stop();
      clearInterval(heart);
    }
  };

const toFailure = (target: NodeTarget, node: NodeFacts): DecommissionFailure => {
  const machine = node.machineID !== '' && node.machineID === target.machineID ? 'the same machine' : 'a machine';
  return new DecommissionFailure(
    FailureType.NodeCameBack,
    `${machine} registered as node ${target.nodeName} again (UID ${node.uid}): its kubelet still runs. ` +
      `Stop and disable the kubelet on the host, delete the Node, then resume.`,
  );
};

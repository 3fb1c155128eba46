import { Context } from '@temporalio/activity';
import type { NodeFacts } from '../domain/facts.ts';
import type { NodeTarget, TaskContext } from '../domain/task-context.ts';
import type { Cluster } from '../ports/cluster.ts';
import type { ActivityDependencies } from './activity-dependencies.ts';
import { toNodeCameBackFailure } from './node-came-back.ts';
import { openCluster } from './open-cluster.ts';

const HEARTBEAT_MILLISECONDS = 5000;

/**
 * Watches until `untilAt` (milliseconds since the epoch) that no Node of that name registers, and looks once more at the end.
 * Reads only, heartbeats. Throws `NodeCameBack`, not retryable.
 */
export const awaitNodeStaysGone =
  (dependencies: ActivityDependencies) =>
  async (context: TaskContext, target: NodeTarget, untilAt: number): Promise<void> => {
    const activity = Context.current();
    const heart = setInterval(() => {
      activity.heartbeat({
        message: `node ${target.nodeName} must stay gone until ${new Date(untilAt).toISOString()}`,
      });
    }, HEARTBEAT_MILLISECONDS);
    try {
      const cluster = await openCluster(dependencies, context);
      const remainingMilliseconds = Math.max(0, untilAt - dependencies.now());
      const seen =
        (await awaitReturn(activity, cluster, target.nodeName, remainingMilliseconds)) ??
        (await cluster.readNode(target.nodeName));
      if (seen) throw toNodeCameBackFailure(target, seen);
    } finally {
      clearInterval(heart);
    }
  };

/** The Node of that name as soon as there is one, or undefined when the time is over. Throws CancelledFailure. */
const awaitReturn = async (
  activity: Context,
  cluster: Cluster,
  nodeName: string,
  remainingMilliseconds: number,
): Promise<NodeFacts | undefined> => {
  let end: (node?: NodeFacts) => void = () => undefined;
  const ended = new Promise<NodeFacts | undefined>((resolve) => (end = resolve));
  const timer = setTimeout(end, remainingMilliseconds);
  const follower = cluster.followNode(nodeName, {
    onSync: ([node]) => {
      if (node) end(node);
    },
    onChange: end,
    onRemove: () => undefined,
    // The follower goes on after trouble, and the last look does not rely on it.
    onTrouble: () => undefined,
  });
  try {
    return await Promise.race([ended, activity.cancelled]);
  } finally {
    follower.stop();
    clearTimeout(timer);
  }
};

import { Context } from '@temporalio/activity';
import type { NodeFacts } from '../../domain/cluster/facts.ts';
import { judgeReturnedNode } from '../../domain/node/returned-node.ts';
import type { TaskContext } from '../../domain/run/context.ts';
import type { NodeTarget } from '../../domain/node/node-target.ts';
import type { Cluster } from '../../ports/cluster.ts';
import type { ActivityDependencies } from '../support/activity-dependencies.ts';
import { toGoneDespite, type NodeGone } from './node-came-back.ts';
import { openVerifiedCluster } from '../support/open-verified-cluster.ts';

const HEARTBEAT_MILLISECONDS = 5000;

/**
 * Watches until `untilAt` (milliseconds since the epoch) that the machine does not register again, and looks once more at the end. A Node
 * of another machine under that name is a note. `isReturnSeen`: see `judgeReturnedNode`. Reads only, heartbeats. Throws `NodeCameBack`, not
 * retryable: at once for the same machine, at the end for one that does not say which it is.
 */
export const awaitNodeStaysGone =
  (dependencies: ActivityDependencies) =>
  async (context: TaskContext, target: NodeTarget, untilAt: number, isReturnSeen: boolean): Promise<NodeGone> => {
    const activity = Context.current();
    const heart = setInterval(() => {
      activity.heartbeat({
        message: `node ${target.nodeName} must stay gone until ${new Date(untilAt).toISOString()}`,
      });
    }, HEARTBEAT_MILLISECONDS);
    try {
      const cluster = await openVerifiedCluster(dependencies, context);
      const remainingMilliseconds = Math.max(0, untilAt - dependencies.now());
      const seen =
        (await awaitReturn(activity, cluster, target, remainingMilliseconds)) ??
        (await cluster.readNode(target.nodeName));
      return seen ? toGoneDespite(target, seen, isReturnSeen) : { notes: [] };
    } finally {
      clearInterval(heart);
    }
  };

/** The Node as which the same machine registers, as soon as it does, or undefined when the time is over. Throws CancelledFailure. */
const awaitReturn = async (
  activity: Context,
  cluster: Cluster,
  target: NodeTarget,
  remainingMilliseconds: number,
): Promise<NodeFacts | undefined> => {
  let end: (node?: NodeFacts) => void = () => undefined;
  const ended = new Promise<NodeFacts | undefined>((resolve) => (end = resolve));
  const timer = setTimeout(end, remainingMilliseconds);
  const look = (node: NodeFacts | undefined): void => {
    if (node && judgeReturnedNode(target, node, false).kind === 'cameBack') end(node);
  };
  const follower = cluster.followNode(target.nodeName, {
    onSync: ([node]) => {
      look(node);
    },
    onChange: look,
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

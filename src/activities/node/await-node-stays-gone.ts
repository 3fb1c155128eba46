import { Context } from '@temporalio/activity';
import type { NodeFacts } from '../../domain/cluster/facts.ts';
import { judgeReturnedNode } from '../../domain/node/returned-node.ts';
import type { TaskContext } from '../../domain/run/context.ts';
import type { NodeTarget } from '../../domain/node/node-target.ts';
import type { RemainingReport } from '../../domain/run/report.ts';
import type { Cluster } from '../../ports/cluster.ts';
import type { ActivityDependencies } from '../support/activity-dependencies.ts';
import { toNodeGone, type NodeGone } from './node-came-back.ts';
import { readRemaining } from './read-remaining.ts';
import { openProvenCluster, openVerifiedCluster } from '../support/open-verified-cluster.ts';

const HEARTBEAT_MILLISECONDS = 5000;

/** The Node has stayed gone. */
export interface NodeStayedGone extends NodeGone {
  /** Absent: another machine has its name, so what has that name may belong to that one. */
  readonly remaining?: RemainingReport;
}

/**
 * Watches until `untilAt` (milliseconds since the epoch) that the machine does not re-register, and reads the Node once more at the end. A
 * Node of another machine under that name is a note. Then it reads what other components still keep for the node; a failure to read that is
 * part of the result. `isReturnSeen`: see `judgeReturnedNode`. Reads only, heartbeats.
 *
 * @throws DecommissionFailure `NodeCameBack`, not retryable: at once for the same machine, at the end for one without a machine ID.
 * @throws DecommissionFailure `ClusterMismatch`, retryable: see `openVerifiedCluster`.
 * @throws ClusterFailure
 */
export const awaitNodeStaysGone =
  (dependencies: ActivityDependencies) =>
  async (context: TaskContext, target: NodeTarget, untilAt: number, isReturnSeen: boolean): Promise<NodeStayedGone> => {
    const activity = Context.current();
    const heart = setInterval(() => {
      activity.heartbeat({
        message: `verifying until ${new Date(untilAt).toISOString()} that node ${target.nodeName} does not re-register`,
      });
    }, HEARTBEAT_MILLISECONDS);
    try {
      const cluster = await openProvenCluster(dependencies, context);
      const remainingMilliseconds = Math.max(0, untilAt - dependencies.now());
      const returned = await awaitReturn(activity, cluster, target, remainingMilliseconds);
      if (!returned) await openVerifiedCluster(dependencies, context);
      const seen = returned ?? (await cluster.readNode(target.nodeName));
      if (seen) return toNodeGone(target, seen, isReturnSeen);
      return { notes: [], remaining: await readRemaining(activity, cluster, target) };
    } finally {
      clearInterval(heart);
    }
  };

/**
 * The Node under which the same machine re-registers, as soon as it does; undefined when it does not in time.
 *
 * @throws CancelledFailure
 */
const awaitReturn = async (
  activity: Context,
  cluster: Cluster,
  target: NodeTarget,
  remainingMilliseconds: number,
): Promise<NodeFacts | undefined> => {
  let end: (node?: NodeFacts) => void = () => undefined;
  const ended = new Promise<NodeFacts | undefined>((resolve) => (end = resolve));
  const timer = setTimeout(end, remainingMilliseconds);
  const check = (node: NodeFacts | undefined): void => {
    if (node && judgeReturnedNode(target, node, false).kind === 'cameBack') end(node);
  };
  const follower = cluster.followNode(target.nodeName, {
    onSync: ([node]) => {
      check(node);
    },
    onChange: check,
    onRemove: () => undefined,
    // The follower keeps trying, and the final read does not depend on it.
    onTrouble: () => undefined,
  });
  try {
    return await Promise.race([ended, activity.cancelled]);
  } finally {
    follower.stop();
    clearTimeout(timer);
  }
};

import { Context } from '@temporalio/activity';
import type { VolumeAttachmentFacts } from '../../domain/cluster/facts.ts';
import { DecommissionFailure, FailureType } from '../../domain/run/failures.ts';
import type { PodConsents } from '../../domain/eviction/classify-pod.ts';
import type { TaskContext } from '../../domain/run/context.ts';
import {
  findUnusedAttachments,
  toAttachmentsText,
  toStillAttachedText,
} from '../../domain/volumes/attached-volumes.ts';
import type { Cluster } from '../../ports/cluster.ts';
import type { ActivityDependencies } from '../support/activity-dependencies.ts';
import { openProvenCluster } from '../support/open-verified-cluster.ts';
import { beat } from '../support/with-heartbeat.ts';
import { AttachmentWatch } from './attachment-watch.ts';
import { readRecentAttachments } from './recent-attachments.ts';
import { createStayingPodsReader } from './read-staying-pods.ts';
import { readVolumeNames } from './read-volume-names.ts';

export interface AwaitVolumesDetachedInput {
  readonly nodeName: string;
  /** Milliseconds since the epoch. In the past: checked once. */
  readonly deadlineAt: number;
}

/** What is still attached in the end. */
export interface DetachedNode {
  /** VolumeAttachments of volumes that pods use which stay. */
  readonly stayingCount: number;
}

/** In case the watch lost an event. */
const LIST_AGAIN_MILLISECONDS = 30_000;

/**
 * Waits until the node has no VolumeAttachment except of volumes that pods use which stay there, whoever evicted the others: an earlier
 * drain, another client, or no one. One LIST if there is none, which may be a second old, else a watch, and a LIST at the end. Reads only,
 * heartbeats.
 *
 * @throws DecommissionFailure `DetachTimeout`, not retryable: volumes were still attached at the deadline.
 * @throws DecommissionFailure `NodeBoundPods`, not retryable: other pods are on the node again.
 * @throws DecommissionFailure `ClusterMismatch`, retryable: see `openVerifiedCluster`.
 * @throws ClusterFailure
 * @throws CancelledFailure
 */
export const awaitVolumesDetached =
  (dependencies: ActivityDependencies) =>
  async (context: TaskContext, consents: PodConsents, input: AwaitVolumesDetachedInput): Promise<DetachedNode> => {
    const cluster = await openProvenCluster(dependencies, context);
    const judge = createJudge(cluster, consents, input.nodeName);
    const first = await judge(await readRecentAttachments(cluster));
    if (first.left.length === 0) return { stayingCount: first.stayingCount };
    const watch = new AttachmentWatch(cluster, input.nodeName);
    try {
      return await followToEnd(first, judge, { ...input, cluster, watch, now: dependencies.now });
    } finally {
      watch.stop();
    }
  };

/** The node's attachments at one moment. */
interface Reading {
  /** What has to be detached. */
  readonly left: readonly VolumeAttachmentFacts[];
  readonly stayingCount: number;
}

type Judge = (attachments: readonly VolumeAttachmentFacts[]) => Promise<Reading>;

/** Reads pods only while something is attached. */
const createJudge = (cluster: Cluster, consents: PodConsents, nodeName: string): Judge => {
  const readStayingPods = createStayingPodsReader(cluster, consents, nodeName);
  return async (attachments) => {
    const attached = attachments.filter((attachment) => attachment.nodeName === nodeName);
    if (attached.length === 0) return { left: [], stayingCount: 0 };
    const pods = await readStayingPods();
    const inlineDisks = pods.flatMap((pod) => pod.inlineDisks);
    const use = { volumeNames: await readVolumeNames(cluster, pods), inlineDisks };
    const left = findUnusedAttachments(attached, nodeName, use);
    return { left, stayingCount: attached.length - left.length };
  };
};

interface FollowSurroundings extends AwaitVolumesDetachedInput {
  readonly cluster: Cluster;
  readonly watch: AttachmentWatch;
  readonly now: () => number;
}

const followToEnd = async (first: Reading, judge: Judge, surroundings: FollowSurroundings): Promise<DetachedNode> => {
  const { cluster, watch, now, nodeName, deadlineAt } = surroundings;
  const { cancelled } = Context.current();
  for (let seen = first; ;) {
    const remaining = deadlineAt - now();
    if (remaining <= 0)
      throw new DecommissionFailure(FailureType.DetachTimeout, toStillAttachedText(nodeName, seen.left));
    beat({ message: toWaitText(seen.left, watch.trouble) });
    const changed = await watch.next(Math.min(remaining, LIST_AGAIN_MILLISECONDS), cancelled);
    seen = await judge(changed ?? (await cluster.readVolumeAttachments()));
    if (seen.left.length === 0 && changed !== undefined) seen = await judge(await cluster.readVolumeAttachments());
    if (seen.left.length === 0) return { stayingCount: seen.stayingCount };
  }
};

const toWaitText = (left: readonly VolumeAttachmentFacts[], trouble: string): string =>
  `waiting for the detachment of ${toAttachmentsText(left)}${trouble === '' ? '' : `. ${trouble}`}`;

import { sleep } from '@temporalio/activity';
import { toHostUids } from '../../domain/cluster/pod-state.ts';
import { DecommissionFailure, FailureType } from '../../domain/run/failures.ts';
import type { PodConsents } from '../../domain/eviction/classify-pod.ts';
import type { HostTarget } from '../../domain/host/target.ts';
import type { TaskContext } from '../../domain/run/context.ts';
import { toCountText } from '../../domain/text/counts.ts';
import { findMountsOfOthers, toMountsText, toStillMountedText } from '../../domain/volumes/mounted-volumes.ts';
import type { Cluster } from '../../ports/cluster.ts';
import type { ActivityDependencies } from '../support/activity-dependencies.ts';
import { beat } from '../support/with-heartbeat.ts';
import { withProvenHost, type ProvenHost } from '../host/with-proven-host.ts';
import { createStayingPodsReader } from './read-staying-pods.ts';

const POLL_MILLISECONDS = 2000;

export interface AwaitVolumesUnmountedInput extends HostTarget {
  /** Milliseconds since the epoch. In the past: checked once. */
  readonly deadlineAt: number;
}

/**
 * Waits, while the kubelet still runs, until no volume is mounted on the host except those of pods that stay on the node, whoever evicted
 * the others: only the kubelet unmounts properly. Reads only, heartbeats.
 *
 * @throws DecommissionFailure `DetachTimeout`, not retryable: volumes were still mounted at the deadline.
 * @throws DecommissionFailure `NodeBoundPods`, not retryable: other pods are on the node again.
 * @throws DecommissionFailure `HostNotProven`, not retryable: as `withProvenHost`.
 * @throws DecommissionFailure `ClusterMismatch`, retryable: see `openVerifiedCluster`.
 * @throws ClusterFailure
 * @throws HostFailure
 */
export const awaitVolumesUnmounted =
  (dependencies: ActivityDependencies) =>
  async (context: TaskContext, consents: PodConsents, input: AwaitVolumesUnmountedInput): Promise<void> => {
    await withProvenHost(dependencies, context, input, (proven, cluster) =>
      awaitUnmountedOn(proven, { ...input, now: dependencies.now, cluster, consents }),
    );
  };

interface UnmountSurroundings extends AwaitVolumesUnmountedInput {
  readonly cluster: Cluster;
  readonly consents: PodConsents;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/**
 * The same on a host that is proven. The facts that proved it are checked first.
 *
 * @throws DecommissionFailure `DetachTimeout`, not retryable: volumes were still mounted at the deadline.
 * @throws DecommissionFailure `NodeBoundPods`, not retryable: other pods are on the node again.
 * @throws ClusterFailure
 * @throws HostFailure
 */
export const awaitUnmountedOn = async (proven: ProvenHost, surroundings: UnmountSurroundings): Promise<void> => {
  const { cluster, consents, deadlineAt, now, operationId, target } = surroundings;
  const { host, kubeletUnits } = proven;
  const readStayingPods = createStayingPodsReader(cluster, consents, target.nodeName);
  for (let facts = proven.facts; ; facts = await host.readIdentity(kubeletUnits, operationId)) {
    const { volumeMounts } = facts;
    const left =
      volumeMounts.length === 0 ? [] : findMountsOfOthers(volumeMounts, (await readStayingPods()).flatMap(toHostUids));
    if (left.length === 0) return;
    if (now() >= deadlineAt) {
      throw new DecommissionFailure(FailureType.DetachTimeout, toStillMountedText(target.nodeName, left));
    }
    beat({ message: `waiting for ${toCountText(left.length, 'mount')} on the host: ${toMountsText(left)}` });
    await sleep(POLL_MILLISECONDS);
  }
};

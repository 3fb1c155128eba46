import { Context } from '@temporalio/activity';
import { DecommissionFailure, FailureType } from '../../domain/run/failures.ts';
import { isFinished } from '../../domain/cluster/pod-state.ts';
import type { TaskContext } from '../../domain/run/context.ts';
import type { Cluster } from '../../ports/cluster.ts';
import type { ActivityDependencies } from '../support/activity-dependencies.ts';
import { openVerifiedCluster } from '../support/open-verified-cluster.ts';
import { readPodVolumes } from './read-pod-volumes.ts';

export interface AwaitVolumesDetachedInput {
  readonly nodeName: string;
  /** PersistentVolumes that the evicted pods used. */
  readonly volumeNames: readonly string[];
  /** Milliseconds since the epoch. */
  readonly deadlineAt: number;
}

const POLL_MILLISECONDS = 2000;
/** Sent by a timer, not between the reads: one read may take as long as its deadline. */
const HEARTBEAT_MILLISECONDS = 5000;

/**
 * Waits until no VolumeAttachment attaches a volume of an evicted pod to this node. A volume that is also used by a pod that stays does not
 * count. Reads only, heartbeats.
 *
 * @throws DecommissionFailure `DetachTimeout`, not retryable: volumes were still attached at the deadline.
 * @throws DecommissionFailure `ClusterMismatch`, retryable: see `openVerifiedCluster`.
 * @throws ClusterFailure
 */
export const awaitVolumesDetached =
  (dependencies: ActivityDependencies) =>
  async (context: TaskContext, input: AwaitVolumesDetachedInput): Promise<void> => {
    const activity = Context.current();
    let message = 'reading the VolumeAttachments';
    const heart = setInterval(() => {
      activity.heartbeat({ message });
    }, HEARTBEAT_MILLISECONDS);
    try {
      const cluster = await openVerifiedCluster(dependencies, context);
      for (;;) {
        const names = await readAttachedNames(cluster, input);
        if (names === '') return;
        if (dependencies.now() >= input.deadlineAt) throw detachTimeout(input.nodeName, names);
        message = `waiting for ${names}`;
        await activity.sleep(POLL_MILLISECONDS);
      }
    } finally {
      clearInterval(heart);
    }
  };

const readAttachedNames = async (cluster: Cluster, input: AwaitVolumesDetachedInput): Promise<string> => {
  const attached = (await cluster.readVolumeAttachments()).filter(
    ({ nodeName, volumeName }) => nodeName === input.nodeName && input.volumeNames.includes(volumeName),
  );
  if (attached.length === 0) return '';
  const stillUsed = await readUsedVolumes(cluster, input.nodeName);
  return attached
    .filter(({ volumeName }) => !stillUsed.includes(volumeName))
    .map(({ name, volumeName }) => `${volumeName} (VolumeAttachment ${name})`)
    .join(', ');
};

/** Volumes of the pods now on the node: it was empty twice, so these pods stay. The kubelet unmounts the volumes of finished ones. */
const readUsedVolumes = async (cluster: Cluster, nodeName: string): Promise<readonly string[]> => {
  const pods = (await cluster.readPods({ nodeName })).filter((pod) => !isFinished(pod));
  return Object.values(await readPodVolumes(cluster, pods)).flat();
};

const detachTimeout = (nodeName: string, names: string): DecommissionFailure =>
  new DecommissionFailure(
    FailureType.DetachTimeout,
    `volumes are still attached to node ${nodeName} at the deadline: ${names}. Check the CSI driver's attacher and the kubelet's unmount operations.`,
  );

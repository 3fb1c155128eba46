import { heartbeat, sleep } from '@temporalio/activity';
import { DecommissionFailure } from '../domain/decommission-failure.ts';
import { FailureType } from '../domain/failure-type.ts';
import type { TaskContext } from '../domain/task-context.ts';
import type { ActivityDependencies } from './activity-dependencies.ts';
import { openCluster } from './open-cluster.ts';

export interface AwaitVolumesDetachedInput {
  readonly nodeName: string;
  /** PersistentVolumes that the evicted pods used. */
  readonly volumeNames: readonly string[];
  /** Milliseconds since the epoch. */
  readonly deadlineAt: number;
}

const POLL_MILLISECONDS = 2000;

/**
 * Waits until no VolumeAttachment ties a volume of an evicted pod to this node; attachments of pods that stay do not count.
 * Reads only, heartbeats. Throws `DetachTimeout`, not retryable, at the deadline.
 */
export const awaitVolumesDetached =
  (dependencies: ActivityDependencies) =>
  async (context: TaskContext, input: AwaitVolumesDetachedInput): Promise<void> => {
    const cluster = await openCluster(dependencies, context);
    for (;;) {
      const attachments = await cluster.readVolumeAttachments();
      const left = attachments.filter(
        ({ nodeName, volumeName }) => nodeName === input.nodeName && input.volumeNames.includes(volumeName),
      );
      if (left.length === 0) return;
      const names = left.map(({ name, volumeName }) => `${volumeName} (VolumeAttachment ${name})`).join(', ');
      if (dependencies.now() >= input.deadlineAt) {
        throw new DecommissionFailure(
          FailureType.DetachTimeout,
          `volumes are still attached to node ${input.nodeName} at the deadline: ${names}. Look at the CSI driver's attacher and at the kubelet's unmounts.`,
        );
      }
      heartbeat({ message: `waits for ${names}` });
      await sleep(POLL_MILLISECONDS);
    }
  };

import { sleep } from '@temporalio/activity';
import { toCountText } from '../../domain/text/counts.ts';
import { DecommissionFailure, FailureType } from '../../domain/run/failures.ts';
import type { HostFacts } from '../../domain/host/facts.ts';
import type { HostTarget } from '../../domain/host/target.ts';
import type { TaskContext } from '../../domain/run/context.ts';
import type { ActivityDependencies } from '../support/activity-dependencies.ts';
import { beat } from '../support/with-heartbeat.ts';
import { withProvenHost } from '../host/with-proven-host.ts';

const POLL_MILLISECONDS = 2000;

export interface AwaitVolumesUnmountedInput extends HostTarget {
  /** UIDs of the evicted pods. */
  readonly podUids: readonly string[];
  /** Milliseconds since the epoch. */
  readonly deadlineAt: number;
}

/**
 * Waits, while the kubelet still runs, until no volume of an evicted pod is mounted on the host: only the kubelet unmounts properly.
 * Reads only, heartbeats.
 *
 * @throws DecommissionFailure `DetachTimeout`, not retryable: volumes were still mounted at the deadline.
 * @throws DecommissionFailure `HostNotProven`, not retryable: as `withProvenHost`.
 * @throws DecommissionFailure `ClusterMismatch`, retryable: see `openVerifiedCluster`.
 * @throws ClusterFailure
 * @throws HostFailure
 */
export const awaitVolumesUnmounted =
  (dependencies: ActivityDependencies) =>
  async (context: TaskContext, input: AwaitVolumesUnmountedInput): Promise<void> => {
    await withProvenHost(dependencies, context, input, async ({ host, kubeletUnits, facts: first }) => {
      for (let facts = first; ; facts = await host.readFacts(kubeletUnits, input.operationId)) {
        const paths = toMountedPaths(facts, input.podUids);
        if (paths.length === 0) return;
        if (dependencies.now() >= input.deadlineAt) throw toTimeout(input, paths);
        beat({ message: `waiting for ${toCountText(paths.length, 'mount')} of evicted pods, first ${paths[0] ?? ''}` });
        await sleep(POLL_MILLISECONDS);
      }
    });
  };

const toMountedPaths = ({ mounts }: HostFacts, podUids: readonly string[]): readonly string[] =>
  mounts.filter(({ podUid }) => podUid !== undefined && podUids.includes(podUid)).map(({ path }) => path);

const toTimeout = ({ target }: AwaitVolumesUnmountedInput, paths: readonly string[]): DecommissionFailure =>
  new DecommissionFailure(
    FailureType.DetachTimeout,
    `on the host of node ${target.nodeName} volumes of evicted pods are still mounted at the deadline: ${paths.slice(0, 5).join(', ')}. ` +
      'Check the kubelet on that host: only the kubelet unmounts volumes properly.',
  );

import { judgeHostAbility } from '../../domain/host/ability.ts';
import { DecommissionFailure, FailureType } from '../../domain/run/failures.ts';
import type { HostLayout } from '../../domain/host/preview.ts';
import type { HostTarget } from '../../domain/host/target.ts';
import { judgeHostReadiness } from '../../domain/host/readiness.ts';
import type { TaskContext } from '../../domain/run/context.ts';
import type { PodConsents } from '../../domain/eviction/classify-pod.ts';
import type { ActivityDependencies } from '../support/activity-dependencies.ts';
import { awaitUnmountedOn, type AwaitVolumesUnmountedInput } from '../volumes/await-volumes-unmounted.ts';
import { withHostProvenIn, withProvenHost, type HostSurroundings, type ProvenHost } from './with-proven-host.ts';

/**
 * The final check of the host before the point of no return: it is reachable, it belongs to this node, the stages can run there, and no
 * volume is mounted except those of pods that stay; waits for the last. Writes only what `Host.proveAbility` removes again, heartbeats.
 * Returns what proved its identity.
 *
 * @throws DecommissionFailure `HostNotProven`, not retryable: the host is not this node's, or is a control-plane host.
 * @throws DecommissionFailure `HostUnusable`, not retryable: the stages cannot run there.
 * @throws DecommissionFailure `DetachTimeout`, not retryable: volumes were still mounted at the deadline.
 * @throws DecommissionFailure `NodeBoundPods`, not retryable: other pods are on the node again.
 * @throws DecommissionFailure `ClusterMismatch`, retryable: see `openVerifiedCluster`.
 * @throws ClusterFailure
 * @throws HostFailure
 */
export const proveHost =
  (dependencies: ActivityDependencies) =>
  async (context: TaskContext, consents: PodConsents, input: AwaitVolumesUnmountedInput): Promise<string> =>
    await withProvenHost(dependencies, context, input, async (proven, cluster) => {
      const { provenBy } = await checkReadiness(proven, input);
      await awaitUnmountedOn(proven, { ...input, now: dependencies.now, cluster, consents });
      return provenBy;
    });

/** What a proven host is, and what proved it. */
export interface HostProof {
  /** For messages, e.g. `machine ID, system UUID`. */
  readonly provenBy: string;
  readonly layout: HostLayout;
}

/**
 * The check of the host itself, with surroundings that are already read, without a task.
 *
 * @throws DecommissionFailure `HostNotProven` or `HostUnusable`, not retryable: as `proveHost`.
 * @throws HostFailure
 */
export const proveHostIn = async (surroundings: HostSurroundings, host: HostTarget): Promise<HostProof> =>
  await withHostProvenIn(surroundings, host, (proven) => checkReadiness(proven, host));

const checkReadiness = async (
  { host, kubeletUnits, signals }: ProvenHost,
  { operationId }: HostTarget,
): Promise<HostProof> => {
  const facts = await host.readFacts(kubeletUnits, operationId);
  refuseIf(judgeHostReadiness(facts, kubeletUnits));
  refuseIf(judgeHostAbility(await host.proveAbility()));
  return { provenBy: signals.join(', '), layout: facts.layout };
};

const refuseIf = (refusals: readonly string[]): void => {
  if (refusals.length > 0) throw new DecommissionFailure(FailureType.HostUnusable, refusals.join(' '));
};

import { DecommissionFailure, FailureType } from '../../domain/run/failures.ts';
import type { HostTarget } from '../../domain/host/target.ts';
import { judgeHostReadiness } from '../../domain/host/readiness.ts';
import type { TaskContext } from '../../domain/run/context.ts';
import type { ActivityDependencies } from '../support/activity-dependencies.ts';
import { withHostProvenIn, withProvenHost, type HostSurroundings, type ProvenHost } from './with-proven-host.ts';

/**
 * The last look at the host before the point of no return: it is reached, it is this node's, and its stages can work there. Reads only.
 * Gives what proved it. Throws `HostNotProven` and `HostUnusable` (not retryable), HostFailure.
 */
export const proveHost =
  (dependencies: ActivityDependencies) =>
  async (context: TaskContext, host: HostTarget): Promise<string> =>
    await withProvenHost(dependencies, context, host, checkReadiness);

/** The same look in surroundings that were read before, without a task. Throws as `proveHost`. */
export const proveHostIn = async (surroundings: HostSurroundings, host: HostTarget): Promise<string> =>
  await withHostProvenIn(surroundings, host, checkReadiness);

const checkReadiness = ({ facts, kubeletUnits, signals }: ProvenHost): Promise<string> => {
  const refusals = judgeHostReadiness(facts, kubeletUnits);
  if (refusals.length > 0) throw new DecommissionFailure(FailureType.HostUnusable, refusals.join(' '));
  return Promise.resolve(signals.join(', '));
};

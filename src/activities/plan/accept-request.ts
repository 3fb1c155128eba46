import { DecommissionFailure, FailureType } from '../../domain/run/failures.ts';
import type { ClusterIdentity } from '../../domain/cluster/facts.ts';
import { parseRequest, toInvalidInputMessage } from '../../domain/request/parse-request.ts';
import type { AcceptedTask } from '../../domain/run/context.ts';
import type { Cluster } from '../../ports/cluster.ts';
import { isClusterFailure } from '../../ports/cluster-failure.ts';
import type { ActivityDependencies } from '../support/activity-dependencies.ts';
import { nameMissingRights } from './name-missing-rights.ts';
import { findCluster } from '../support/open-verified-cluster.ts';

export interface TaskStarter {
  readonly workflowId: string;
  /** Stays the same over continue-as-new and reset, so it names the holder of a lock. */
  readonly firstExecutionRunId: string;
  /** `decommissionNode` started by itself serves one node. */
  readonly oneNodeOnly: boolean;
}

/**
 * Checks the raw input of a workflow and fixes what the whole task relies on: the canonical request, the cluster's identity, who holds
 * the locks, the waits. Reads only. Throws `InvalidInput`, `Refused` when it may not even read that, and `Forbidden` when the API server
 * does not accept the credentials; none is retryable.
 */
export const acceptRequest =
  (dependencies: ActivityDependencies) =>
  async (input: unknown, starter: TaskStarter): Promise<AcceptedTask> => {
    const parsed = parseRequest(input);
    if (parsed.kind === 'invalid') {
      throw new DecommissionFailure(FailureType.InvalidInput, toInvalidInputMessage(parsed.problems));
    }
    const { request, fingerprint } = parsed;
    if (starter.oneNodeOnly && request.nodeNames.length !== 1) {
      throw new DecommissionFailure(
        FailureType.InvalidInput,
        `decommissionNode takes exactly one node name, not ${request.nodeNames.length}; start decommissionNodes for several.`,
      );
    }
    const cluster = findCluster(dependencies.clusters, request.cluster);
    const place = await dependencies.directory.readPlace();
    return {
      request,
      fingerprint,
      waits: dependencies.waits,
      clusterAddress: await cluster.readAddress(),
      context: {
        taskId: request.taskId,
        cluster: request.cluster,
        clusterIdentity: await readIdentity(cluster),
        holder: {
          ...place,
          workflowId: starter.workflowId,
          firstExecutionRunId: starter.firstExecutionRunId,
          taskId: request.taskId,
          since: new Date(dependencies.now()).toISOString(),
        },
        ...(request.requestedBy === undefined ? {} : { requestedBy: request.requestedBy }),
        ...(request.reason === undefined ? {} : { reason: request.reason }),
      },
    };
  };

/** Later a 401 passes by itself or is ridden out; here nothing has been done, and whoever started it has credentials to renew. */
const readIdentity = async (cluster: Cluster): Promise<ClusterIdentity> => {
  try {
    return await nameMissingRights(cluster, () => cluster.readIdentity());
  } catch (error) {
    if (!isClusterFailure(error, 'Unauthorized')) throw error;
    throw new DecommissionFailure(FailureType.Forbidden, error.message);
  }
};

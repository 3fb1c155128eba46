import { activityInfo } from '@temporalio/activity';
import { DecommissionFailure, FailureType } from '../../domain/run/failures.ts';
import type { ClusterIdentity } from '../../domain/cluster/facts.ts';
import type { AcceptedTask } from '../../domain/run/context.ts';
import type { Cluster } from '../../ports/cluster.ts';
import { isClusterFailure } from '../../ports/cluster-failure.ts';
import { TemporalAccessDenied, type TemporalPlace, type WorkflowDirectory } from '../../ports/workflow-directory.ts';
import type { ActivityDependencies } from '../support/activity-dependencies.ts';
import type { CheckedRequest } from './check-request.ts';
import { nameMissingRights } from './name-missing-rights.ts';
import { findCluster } from '../support/open-verified-cluster.ts';

export interface TaskStarter {
  readonly workflowId: string;
  /** Unchanged by continue-as-new and reset, so it identifies the holder of a lock. */
  readonly firstExecutionRunId: string;
}

/**
 * Records what the whole task depends on: the canonical request, the cluster's identity, the lock holder, the waits, the registered
 * search attributes, whether reports are stored and machines ended. Reads only.
 *
 * @throws DecommissionFailure `InvalidInput`, not retryable: this worker does not have the cluster.
 * @throws DecommissionFailure `Refused`, not retryable: rights to read the cluster, or the namespace in Temporal, are missing.
 * @throws DecommissionFailure `Forbidden`, not retryable: the API server has rejected the credentials in four attempts.
 * @throws ClusterFailure
 */
export const acceptRequest =
  (dependencies: ActivityDependencies) =>
  async ({ request, fingerprint }: CheckedRequest, starter: TaskStarter): Promise<AcceptedTask> => {
    const cluster = findCluster(dependencies.clusters, request.cluster);
    const place = await readPlace(dependencies.directory);
    const searchAttributes = await dependencies.directory.readSearchAttributes();
    return {
      request,
      fingerprint,
      waits: dependencies.waits,
      clusterAddress: await cluster.readAddress(),
      ...(searchAttributes.length === 0 ? {} : { searchAttributes }),
      ...(dependencies.reports === undefined ? {} : { storesReports: true }),
      ...(dependencies.machineHook?.serves(request.cluster) ? { endsMachines: true } : {}),
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
          ...(takesTurns(request, dependencies) ? { takesTurns: true } : {}),
        },
        ...(request.requestedBy === undefined ? {} : { requestedBy: request.requestedBy }),
        ...(request.reason === undefined ? {} : { reason: request.reason }),
      },
    };
  };

/** Only a task with a limit that counts nodes of other tasks: the others make no calls for it. */
const takesTurns = (
  { cluster, maxConcurrentPerZone, oneZoneAtATime }: CheckedRequest['request'],
  { maxConcurrentNodes }: ActivityDependencies,
): boolean =>
  maxConcurrentPerZone !== undefined || oneZoneAtATime === true || maxConcurrentNodes?.has(cluster) === true;

/** Nothing has changed yet: the user who started the run gets the answer at once. */
const readPlace = async (directory: WorkflowDirectory): Promise<TemporalPlace> => {
  try {
    return await directory.readPlace();
  } catch (error) {
    if (!(error instanceof TemporalAccessDenied)) throw error;
    throw new DecommissionFailure(FailureType.Refused, `${error.message} Nothing was changed.`);
  }
};

/** Pauses of 0.5, 1 and 2 s: an API server that starts, or whose keys are renewed, rejects good credentials for a moment. */
const ATTEMPTS_WITH_REJECTED_CREDENTIALS = 4;

/** Later in the run a 401 is retried for long; here nothing has changed yet, and the user who started the run can renew the credentials. */
const readIdentity = async (cluster: Cluster): Promise<ClusterIdentity> => {
  try {
    return await nameMissingRights(cluster, () => cluster.readIdentity());
  } catch (error) {
    if (!isClusterFailure(error, 'Unauthorized')) throw error;
    if (activityInfo().attempt < ATTEMPTS_WITH_REJECTED_CREDENTIALS) throw error;
    throw new DecommissionFailure(FailureType.Forbidden, error.message);
  }
};

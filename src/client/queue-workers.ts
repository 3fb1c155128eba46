import type { Client } from '@temporalio/client';
import proto from '@temporalio/proto';
import type { PollingWorker, QueueWorkers } from '../domain/run/worker-routing.ts';
import type { WorkerVersion } from '../domain/run/worker-version.ts';
import { TASK_QUEUE, toClusterQueue } from '../domain/run/workflow-ids.ts';

const { TaskQueueType, WorkerVersioningMode } = proto.temporal.api.enums.v1;

interface RawVersion {
  readonly deploymentName?: string | null;
  readonly buildId?: string | null;
}

/**
 * The workers that polled in the last minutes, as the server lists them, and the version that new work goes to: of the task queue of the
 * workflows, or of the activities of a cluster.
 */
export const readQueueWorkers = async (client: Client, cluster?: string): Promise<QueueWorkers> => {
  const { TASK_QUEUE_TYPE_WORKFLOW, TASK_QUEUE_TYPE_ACTIVITY } = TaskQueueType;
  const { pollers, versioningInfo } = await client.workflowService.describeTaskQueue({
    namespace: client.options.namespace,
    taskQueue: { name: cluster === undefined ? TASK_QUEUE : toClusterQueue(cluster) },
    taskQueueType: cluster === undefined ? TASK_QUEUE_TYPE_WORKFLOW : TASK_QUEUE_TYPE_ACTIVITY,
  });
  const workers = pollers.map(({ identity, deploymentOptions }): PollingWorker => {
    const isVersioned =
      deploymentOptions?.workerVersioningMode === WorkerVersioningMode.WORKER_VERSIONING_MODE_VERSIONED;
    const version = isVersioned ? toVersion(deploymentOptions) : undefined;
    return { identity: identity ?? '', ...(version === undefined ? {} : { version }) };
  });
  const current = toVersion(findTarget(versioningInfo));
  return {
    workers: workers.filter(({ identity }) => identity !== ''),
    ...(current === undefined ? {} : { current }),
  };
};

/** A version that all new work is ramped to is current but for its name. */
const findTarget = (
  info:
    | {
        readonly currentDeploymentVersion?: RawVersion | null;
        readonly rampingDeploymentVersion?: RawVersion | null;
        readonly rampingVersionPercentage?: number | null;
      }
    | null
    | undefined,
): RawVersion | null | undefined =>
  info?.rampingVersionPercentage === 100 ? info.rampingDeploymentVersion : info?.currentDeploymentVersion;

/** Undefined: not one of a Worker Deployment. Pure. */
export const toVersion = (raw: RawVersion | null | undefined): WorkerVersion | undefined =>
  raw?.deploymentName && raw.buildId ? { deploymentName: raw.deploymentName, buildId: raw.buildId } : undefined;

import type { Client } from '@temporalio/client';
import proto from '@temporalio/proto';
import { describeVersions, findAbandoned, type VersionState } from '../../domain/run/describe-versions.ts';
import { describeUnroutedWork, toVersions, type QueueWorkers } from '../../domain/run/worker-routing.ts';
import { isSameVersion, toVersionText, type WorkerVersion } from '../../domain/run/worker-version.ts';
import type { DoctorCheck } from './doctor-check.ts';

const { VersionDrainageStatus } = proto.temporal.api.enums.v1;

const NAME = 'worker versions';

/**
 * The versions of the Worker Deployments to which the workers of the task queue belong: which one is current, and which ones have runs that
 * are pinned to them. No check without versioned workers. Reads only.
 */
export const checkWorkerVersions = async (client: Client, queue: QueueWorkers): Promise<readonly DoctorCheck[]> => {
  const known = [...toVersions(queue), ...(queue.current === undefined ? [] : [queue.current])];
  const deployments = [...new Set(known.map(({ deploymentName }) => deploymentName))];
  if (deployments.length === 0) return [];
  const unrouted = describeUnroutedWork(queue, client.options.namespace);
  try {
    const versions = (await Promise.all(deployments.map((name) => readVersions(client, name, queue)))).flat();
    return [toCheck(versions, unrouted)];
  } catch (error) {
    const why = error instanceof Error ? error.message : 'unknown cause';
    return [
      unrouted === undefined
        ? {
            name: NAME,
            ok: true,
            message: `${known.map(toVersionText).join(', ')}; their state cannot be read (${why})`,
          }
        : { name: NAME, ok: false, message: unrouted },
    ];
  }
};

/** Pure. */
export const toCheck = (versions: readonly VersionState[], unrouted: string | undefined): DoctorCheck => {
  const message = describeVersions(versions);
  const [abandoned] = findAbandoned(versions);
  const remedy = unrouted ?? (abandoned === undefined ? undefined : toAbandonedRemedy(abandoned));
  if (remedy === undefined) return { name: NAME, ok: true, message };
  return { name: NAME, ok: false, message, remedy: `${remedy.charAt(0).toUpperCase()}${remedy.slice(1)}` };
};

const toAbandonedRemedy = (version: WorkerVersion): string =>
  `Start workers of version ${toVersionText(version)} again: no worker of it polls, so the runs that are pinned to it stand still.`;

const readVersions = async (
  client: Client,
  deploymentName: string,
  queue: QueueWorkers,
): Promise<readonly VersionState[]> => {
  const { workerDeploymentInfo } = await client.workflowService.describeWorkerDeployment({
    namespace: client.options.namespace,
    deploymentName,
  });
  return (workerDeploymentInfo?.versionSummaries ?? []).map(({ deploymentVersion, drainageInfo }): VersionState => {
    const version = { deploymentName, buildId: deploymentVersion?.buildId ?? '' };
    const isCurrent = queue.current !== undefined && isSameVersion(queue.current, version);
    return {
      version,
      state: isCurrent ? 'current' : toState(drainageInfo?.status),
      isServed: toVersions(queue).some((each) => isSameVersion(each, version)),
    };
  });
};

const toState = (status: number | null | undefined): Exclude<VersionState['state'], 'current'> => {
  switch (status) {
    case VersionDrainageStatus.VERSION_DRAINAGE_STATUS_DRAINING:
      return 'draining';
    case VersionDrainageStatus.VERSION_DRAINAGE_STATUS_DRAINED:
      return 'drained';
    default:
      return 'inactive';
  }
};

import type { Client } from '@temporalio/client';
import proto from '@temporalio/proto';
import { describeVersions, findAbandoned, type VersionState } from '../../domain/run/describe-versions.ts';
import { describeUnroutedWork, toVersions, type QueueWorkers } from '../../domain/run/worker-routing.ts';
import { isSameVersion, toListCommand, toVersionText, type WorkerVersion } from '../../domain/run/worker-version.ts';
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
  const { namespace } = client.options;
  const unrouted = describeUnroutedWork(queue, namespace);
  try {
    const versions = (await Promise.all(deployments.map((name) => readVersions(client, name, queue)))).flat();
    return [toCheck(versions, unrouted, namespace)];
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
const toCheck = (versions: readonly VersionState[], unrouted: string | undefined, namespace: string): DoctorCheck => {
  const message = describeVersions(versions);
  const [abandoned] = findAbandoned(versions);
  const remedy = unrouted ?? (abandoned === undefined ? undefined : toAbandonedRemedy(abandoned, namespace));
  if (remedy === undefined) return { name: NAME, ok: true, message };
  return { name: NAME, ok: false, message, remedy: `${remedy.charAt(0).toUpperCase()}${remedy.slice(1)}` };
};

/** Its drainage is counted every few minutes: directly after the last run has ended it still counts as draining. */
const toAbandonedRemedy = (version: WorkerVersion, namespace: string): string =>
  `Start workers of version ${toVersionText(version)} again: no worker of it polls, so the runs that are pinned to it stand still. These are ` +
  `listed by \`${toListCommand(version, namespace)}\`.`;

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

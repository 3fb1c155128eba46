import { toClusterQueue } from './workflow-ids.ts';
import {
  isSameVersion,
  toMoveCommand,
  toSetCurrentCommand,
  toVersionText,
  type WorkerVersion,
} from './worker-version.ts';

/** A worker that polled a task queue in the last minutes. */
export interface PollingWorker {
  readonly identity: string;
  /** Absent: it is unversioned. */
  readonly version?: WorkerVersion;
}

/** Who polls a task queue, and which version its new work goes to. */
export interface QueueWorkers {
  readonly workers: readonly PollingWorker[];
  /** Absent: new work goes to unversioned workers. */
  readonly current?: WorkerVersion;
}

/** A workflow that only workers of one version can continue. */
export interface PinnedWorkflow {
  readonly workflowId: string;
  readonly version: WorkerVersion;
}

/** The versions of the workers, each once; unversioned workers have none. Pure. */
export const toVersions = ({ workers }: QueueWorkers): readonly WorkerVersion[] =>
  workers.reduce<readonly WorkerVersion[]>(
    (versions, { version }) =>
      version === undefined || versions.some((each) => isSameVersion(each, version))
        ? versions
        : [...versions, version],
    [],
  );

/**
 * Why none of the workers takes new work, which waits without an end then, and the command that changes it. Undefined when one takes it, or
 * when no worker polls at all. Pure.
 */
export const describeUnroutedWork = (queue: QueueWorkers, namespace: string): string | undefined => {
  const { workers, current } = queue;
  if (workers.length === 0 || workers.some(({ version }) => isRoutedTo(version, current))) return undefined;
  const [version, ...others] = toVersions(queue);
  if (version === undefined) {
    return `version ${toText(current)} is current, but only unversioned workers poll. Start workers of that version.`;
  }
  const names = [version, ...others].map(toVersionText).join(', ');
  const command = toSetCurrentCommand(
    { ...version, buildId: others.length === 0 ? version.buildId : 'BUILD_ID' },
    namespace,
  );
  return current === undefined
    ? `its workers are of version ${names}, and no version is current. Make one current: \`${command}\`.`
    : `version ${toText(current)} is current, but no worker of it polls, only of ${names}. Start workers of that version, or make another one current: \`${command}\`.`;
};

/** Why no worker continues a workflow that is pinned to a version, and what to do. Undefined when a worker of that version polls. Pure. */
export const describeUnservedPin = (
  { workers }: QueueWorkers,
  { version, workflowId }: PinnedWorkflow,
  namespace: string,
): string | undefined =>
  workers.some((worker) => isRoutedTo(worker.version, version))
    ? undefined
    : `the run is pinned to version ${toVersionText(version)}, and no worker of it polls. Start workers of that version again, or move the run ` +
      `to the current version: \`${toMoveCommand(workflowId, namespace)}\`.`;

/**
 * Why a request is refused that no worker has accepted for `seconds`. A run that is pinned to a version needs a worker of the same version, which
 * may be missing although workers of another one poll. An empty deployment name: it is unversioned. Pure.
 */
export const describeUnservedCluster = (
  cluster: string,
  seconds: number,
  version: WorkerVersion | undefined,
): string => {
  const worker =
    version === undefined || version.deploymentName === '' ? 'worker' : `worker of version ${toVersionText(version)}`;
  return (
    `no ${worker} serves cluster "${cluster}": none took work from task queue ${toClusterQueue(cluster)} for ${seconds} s. Nothing was changed. ` +
    `Correct \`cluster\`, or start a ${worker} whose configuration names this cluster, then start again.`
  );
};

const isRoutedTo = (version: WorkerVersion | undefined, target: WorkerVersion | undefined): boolean =>
  version === undefined || target === undefined ? version === target : isSameVersion(version, target);

const toText = (version: WorkerVersion | undefined): string =>
  version === undefined ? 'none' : toVersionText(version);

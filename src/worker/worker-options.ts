import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { WorkerOptions } from '@temporalio/worker';
import type { WorkerVersion } from '../domain/run/worker-version.ts';

/** What a service may add to the worker; handed to `Worker.create` as it is. */
export interface WorkerExtensions {
  /**
   * Interceptors of the client, of activities and of workflows. With `workflowModules` the worker bundles the workflows again at its
   * start, which takes some seconds, because the package's own bundle does not hold these modules.
   */
  readonly interceptors?: NonNullable<WorkerOptions['interceptors']>;
  /** Functions that workflow interceptors may call outside the sandbox, such as an exporter of spans. */
  readonly sinks?: NonNullable<WorkerOptions['sinks']>;
  /**
   * Decides the number of slots for waiting evictions of each cluster instead of `limits.activitySlots` of the configuration. The slots of
   * other work stay as they are, so that undo always finds one.
   */
  readonly tuner?: NonNullable<WorkerOptions['tuner']>;
}

type PartialOptions = Omit<WorkerOptions, 'taskQueue'>;

/** Unchanged activities heartbeat rarely by themselves: see `startHeart`. A change that follows another one is sent this much later. */
const MAX_HEARTBEAT_THROTTLE = '1s';
/** Each cached workflow costs memory, and a drain rarely has a workflow task. */
const MAX_CACHED_WORKFLOWS = 200;
const SHUTDOWN_FORCE_TIME = '30s';
/** A node has at most one activity of its own at once, and a task a few: more than the nodes that are worked on side by side. */
const NODE_SLOTS = 500;
/** Only checks of requests, which take milliseconds. */
const REQUEST_SLOTS = 20;
/** An idle queue costs one open request per poller; the server asks for more while there is work. */
const ACTIVITY_POLLERS = { type: 'autoscaling', minimum: 1, initial: 2, maximum: 20 } as const;
/** All evictions of a node are scheduled at once: with fewer pollers, the last ones of ten pods would wait for a tenth of a second. */
const WAITS_POLLERS = { ...ACTIVITY_POLLERS, minimum: 8, initial: 8 } as const;

/**
 * Options of all workers of a process; none without a version. Those that run activities only are versioned, too: the activities of a
 * workflow that is pinned to a version then run in workers of that version, which have the code that the workflow was written with.
 *
 * The behavior is that of the worker and not of each workflow (`setWorkflowOptions`): the server refuses every completed task of an
 * unversioned worker that names one.
 */
export const toVersionOptions = (version: WorkerVersion | undefined): Pick<WorkerOptions, 'workerDeploymentOptions'> =>
  version === undefined
    ? {}
    : { workerDeploymentOptions: { version, useWorkerVersioning: true, defaultVersioningBehavior: 'PINNED' } };

/** Options of the worker that runs the workflows, and the checks of requests. */
export const toWorkflowWorkerOptions = ({ interceptors, sinks }: WorkerExtensions): PartialOptions => ({
  ...COMMON,
  maxConcurrentActivityTaskExecutions: REQUEST_SLOTS,
  maxConcurrentActivityTaskPolls: 1,
  maxCachedWorkflows: MAX_CACHED_WORKFLOWS,
  ...(interceptors === undefined ? {} : { interceptors }),
  ...(sinks === undefined ? {} : { sinks }),
  ...toWorkflowCode((interceptors?.workflowModules ?? []).length > 0),
});

/** Options of the worker that runs the activities of one cluster, except its waiting evictions. */
export const toClusterWorkerOptions = (extensions: WorkerExtensions): PartialOptions => ({
  ...toActivityOptions(extensions),
  maxConcurrentActivityTaskExecutions: NODE_SLOTS,
});

/** Options of the worker that runs the waiting evictions of one cluster. */
export const toWaitsWorkerOptions = ({
  activitySlots,
  ...extensions
}: WorkerExtensions & { readonly activitySlots: number }): PartialOptions => ({
  ...toActivityOptions(extensions),
  activityTaskPollerBehavior: WAITS_POLLERS,
  // The SDK accepts one of the two.
  ...(extensions.tuner === undefined
    ? { maxConcurrentActivityTaskExecutions: activitySlots }
    : { tuner: extensions.tuner }),
});

const toActivityOptions = ({ interceptors }: WorkerExtensions): PartialOptions => ({
  ...COMMON,
  activityTaskPollerBehavior: ACTIVITY_POLLERS,
  ...(interceptors === undefined ? {} : { interceptors: withoutWorkflows(interceptors) }),
});

const withoutWorkflows = ({
  workflowModules: _modules,
  ...others
}: NonNullable<WorkerOptions['interceptors']>): NonNullable<WorkerOptions['interceptors']> => others;

/** A package contains the workflows bundled; a checkout bundles them at the start, as does a package for the modules of a caller. */
const toWorkflowCode = (hasModules: boolean): Pick<WorkerOptions, 'workflowBundle' | 'workflowsPath'> => {
  const bundle = fileURLToPath(new URL('../workflow-bundle.js', import.meta.url));
  return existsSync(bundle) && !hasModules
    ? { workflowBundle: { codePath: bundle } }
    : { workflowsPath: fileOf('../workflows/index') };
};

/** Sources end in `.ts` in a checkout and in `.js` in a package. */
const fileOf = (path: string): string => {
  const ending = import.meta.url.endsWith('.ts') ? '.ts' : '.js';
  return fileURLToPath(new URL(`${path}${ending}`, import.meta.url));
};

const COMMON: PartialOptions = {
  dataConverter: { payloadConverterPath: fileOf('../workflows/payload-converter') },
  maxHeartbeatThrottleInterval: MAX_HEARTBEAT_THROTTLE,
  defaultHeartbeatThrottleInterval: MAX_HEARTBEAT_THROTTLE,
  shutdownForceTime: SHUTDOWN_FORCE_TIME,
};

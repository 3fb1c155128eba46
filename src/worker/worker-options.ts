import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { WorkerOptions } from '@temporalio/worker';

/** What a service may add to the worker; handed to `Worker.create` as it is. */
export interface WorkerExtensions {
  /**
   * Interceptors of the client, of activities and of workflows. With `workflowModules` the worker bundles the workflows again at its
   * start, which takes some seconds, because the package's own bundle does not hold these modules.
   */
  readonly interceptors?: NonNullable<WorkerOptions['interceptors']>;
  /** Functions that workflow interceptors may call outside the sandbox, such as an exporter of spans. */
  readonly sinks?: NonNullable<WorkerOptions['sinks']>;
  /** Decides the number of slots instead of `limits.activitySlots` of the configuration. Each waiting eviction takes one activity slot. */
  readonly tuner?: NonNullable<WorkerOptions['tuner']>;
}

/** A cancellation reaches a waiting eviction with its next heartbeat: with 5 s that takes about 3 s. */
const MAX_HEARTBEAT_THROTTLE = '5s';
/** Each cached workflow costs memory, and a drain rarely has a workflow task. */
const MAX_CACHED_WORKFLOWS = 200;
const SHUTDOWN_FORCE_TIME = '30s';

/** The options of `Worker.create` that depend on neither the connection nor the activities. */
export const toWorkerOptions = ({
  activitySlots,
  interceptors,
  sinks,
  tuner,
}: WorkerExtensions & { readonly activitySlots: number }): Omit<WorkerOptions, 'taskQueue'> => ({
  dataConverter: { payloadConverterPath: fileOf('../workflows/payload-converter') },
  // The SDK accepts one of the two.
  ...(tuner === undefined ? { maxConcurrentActivityTaskExecutions: activitySlots } : { tuner }),
  ...(interceptors === undefined ? {} : { interceptors }),
  ...(sinks === undefined ? {} : { sinks }),
  maxHeartbeatThrottleInterval: MAX_HEARTBEAT_THROTTLE,
  defaultHeartbeatThrottleInterval: MAX_HEARTBEAT_THROTTLE,
  maxCachedWorkflows: MAX_CACHED_WORKFLOWS,
  shutdownForceTime: SHUTDOWN_FORCE_TIME,
  ...toWorkflowCode((interceptors?.workflowModules ?? []).length > 0),
});

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

import { existsSync } from 'node:fs';
import { hostname } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Client } from '@temporalio/client';
import { Worker, type NativeConnection, type WorkerOptions } from '@temporalio/worker';
import { createActivities } from './activities/index.ts';
import type { Configuration } from './config/configuration.ts';
import { TASK_QUEUE } from './domain/run/names.ts';
import { createClusters } from './worker/create-clusters.ts';
import { createHosts } from './worker/create-hosts.ts';
import { createWorkflowDirectory } from './worker/workflow-directory.ts';

export interface DecommissionWorkerOptions {
  readonly connection: NativeConnection;
  readonly namespace: string;
  readonly configuration: Configuration;
  /** Default: process id and host name, like the SDK's default. */
  readonly identity?: string;
}

/** A cancellation reaches a waiting eviction with its next heartbeat: with 5 s, in about 3 s. */
const MAX_HEARTBEAT_THROTTLE = '5s';
/** Each cached workflow uses memory, and a drain rarely runs a workflow task. */
const MAX_CACHED_WORKFLOWS = 200;
const SHUTDOWN_FORCE_TIME = '30s';

/**
 * The composition root: clusters, activities and workflows on the task queue `node-decommission`. Does not read the environment; the
 * caller calls `run()` and `shutdown()`.
 * @throws ClusterFailure `Invalid`: a kubeconfig cannot be used.
 * @throws Error: the workflows cannot be bundled, or the connection is closed.
 */
export const createDecommissionWorker = async (options: DecommissionWorkerOptions): Promise<Worker> => {
  const { connection, namespace, configuration, identity = `${process.pid}@${hostname()}` } = options;
  const client = new Client({ connection, namespace });
  return await Worker.create({
    connection,
    namespace,
    taskQueue: TASK_QUEUE,
    activities: createActivities({
      clusters: createClusters(configuration),
      hosts: createHosts(configuration),
      directory: createWorkflowDirectory(client),
      waits: configuration.waits,
      limits: configuration.limits,
      now: () => Date.now(),
      workerIdentity: identity,
      ...(configuration.ownPod ? { ownPod: configuration.ownPod } : {}),
    }),
    dataConverter: { payloadConverterPath: fileOf('./workflows/payload-converter') },
    maxConcurrentActivityTaskExecutions: configuration.limits.activitySlots,
    maxHeartbeatThrottleInterval: MAX_HEARTBEAT_THROTTLE,
    defaultHeartbeatThrottleInterval: MAX_HEARTBEAT_THROTTLE,
    maxCachedWorkflows: MAX_CACHED_WORKFLOWS,
    shutdownForceTime: SHUTDOWN_FORCE_TIME,
    identity,
    ...workflowCode(),
  });
};

/** The package contains a workflow bundle; a checkout bundles the workflows at start. */
const workflowCode = (): Pick<WorkerOptions, 'workflowBundle' | 'workflowsPath'> => {
  const bundle = fileURLToPath(new URL('./workflow-bundle.js', import.meta.url));
  return existsSync(bundle) ? { workflowBundle: { codePath: bundle } } : { workflowsPath: fileOf('./workflows/index') };
};

/** Files end in `.ts` in a checkout and in `.js` in the package. */
const fileOf = (path: string): string => {
  const ending = import.meta.url.endsWith('.ts') ? '.ts' : '.js';
  return fileURLToPath(new URL(`${path}${ending}`, import.meta.url));
};

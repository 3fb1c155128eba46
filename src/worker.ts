import { existsSync } from 'node:fs';
import { hostname } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Client } from '@temporalio/client';
import { Worker, type NativeConnection, type WorkerOptions } from '@temporalio/worker';
import { createActivities } from './activities/index.ts';
import type { Configuration } from './config/configuration.ts';
import { TASK_QUEUE } from './domain/run/workflow-ids.ts';
import { createClusters } from './worker/create-clusters.ts';
import { createHosts } from './worker/create-hosts.ts';
import { createWorkflowDirectory } from './worker/workflow-directory.ts';

export interface DecommissionWorkerOptions {
  readonly connection: NativeConnection;
  readonly namespace: string;
  readonly configuration: Configuration;
  /** Default: process id and host name, as the SDK's own. */
  readonly identity?: string;
}

/** A cancel reaches a waiting eviction with its next heartbeat: 5 s puts it through in about 3 s. */
const MAX_HEARTBEAT_THROTTLE = '5s';
/** Each cached workflow costs memory; a drain wakes up seldom. */
const MAX_CACHED_WORKFLOWS = 200;
const SHUTDOWN_FORCE_TIME = '30s';

/**
 * The composition root: clusters, activities and workflows on the task queue `node-decommission`. Reads the environment not at all;
 * `run()` it, and `shutdown()` it. Throws when the workflows cannot be bundled or the connection is closed.
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

/** A package holds the workflows bundled; a checkout bundles them as it starts. */
const workflowCode = (): Pick<WorkerOptions, 'workflowBundle' | 'workflowsPath'> => {
  const bundle = fileURLToPath(new URL('./workflow-bundle.js', import.meta.url));
  return existsSync(bundle) ? { workflowBundle: { codePath: bundle } } : { workflowsPath: fileOf('./workflows/index') };
};

/** Sources end in `.ts` in a checkout and in `.js` in a package. */
const fileOf = (path: string): string => {
  const ending = import.meta.url.endsWith('.ts') ? '.ts' : '.js';
  return fileURLToPath(new URL(`${path}${ending}`, import.meta.url));
};

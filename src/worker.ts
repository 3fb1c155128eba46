import { hostname } from 'node:os';
import { Client } from '@temporalio/client';
import { Worker, type NativeConnection, type WorkerOptions } from '@temporalio/worker';
import { createActivities, type Activities } from './activities/index.ts';
import type { Configuration } from './config/configuration.ts';
import { TASK_QUEUE, toClusterQueue, toWaitsQueue } from './domain/run/workflow-ids.ts';
import { createClusters } from './worker/create-clusters.ts';
import { createHosts } from './worker/create-hosts.ts';
import { createScheduler } from './worker/create-scheduler.ts';
import { createMachineHook } from './worker/machine-hook/create-machine-hook.ts';
import { createReportFolder } from './worker/report-folder.ts';
import { proveTemporalAccess } from './worker/temporal-access.ts';
import { createWorkerGroup, type WorkerGroup } from './worker/worker-group.ts';
import {
  toClusterWorkerOptions,
  toVersionOptions,
  toWaitsWorkerOptions,
  toWorkflowWorkerOptions,
  type WorkerExtensions,
} from './worker/worker-options.ts';
import { createWorkflowDirectory } from './worker/workflow-directory.ts';

/** The library's second public entry, `node-decommission/worker`: run the worker inside another service. */
export { loadConfiguration, type ConfigurationSources, type Environment } from './config/load-configuration.ts';
export { ConfigurationError } from './config/configuration-error.ts';
export type { Configuration, LimitSettings, ReportSettings } from './config/configuration.ts';
export type { ClusterOverride } from './config/cluster-override.ts';
export type { ClusterLimits, ClusterSettings } from './domain/cluster/cluster-settings.ts';
export type { ProxySettings } from './domain/cluster/proxy-settings.ts';
export type { HostSettings, HostsSettings, UnreadHomes } from './config/host-settings.ts';
export type { CommandCall, HookHeader, MachineHookSettings, UrlCall } from './config/machine-hook-settings.ts';
export type { WaitSettings } from './domain/run/wait-settings.ts';
export type { WorkerVersion } from './domain/run/worker-version.ts';
export type { WorkerExtensions } from './worker/worker-options.ts';
export type { WorkerGroup } from './worker/worker-group.ts';
export { TASK_QUEUE, toClusterQueue, toWaitsQueue } from './domain/run/workflow-ids.ts';

/** What a worker needs from the service that runs it. */
export interface DecommissionWorkerOptions extends WorkerExtensions {
  /** Stays the caller's: close it after `run()` has returned. */
  readonly connection: NativeConnection;
  /** `host:port` to which it is connected: preflight finds Temporal's pods by it. Default: they are not searched. */
  readonly address?: string;
  /** Temporal namespace. */
  readonly namespace: string;
  /** From `loadConfiguration`, or built by the caller. */
  readonly configuration: Configuration;
  /** Default: process id and host name, as in the SDK. */
  readonly identity?: string;
}

/**
 * Creates the workers of this process: one that serves the task queue `node-decommission` with the workflows, and for each configured
 * cluster two that serve its activities, `node-decommission/<cluster>` and `node-decommission/<cluster>/waits`. They share the clients of
 * the clusters and hosts. Reads the kubeconfigs, but not the environment. The caller calls `run()`, and `shutdown()` to end them.
 *
 * A cluster's name is unique in the Temporal namespace: all workers that have it serve the same cluster. With `deployment` in the
 * configuration, all of them have that version, and receive new workflows only once it is the current one.
 *
 * ```ts
 * import { NativeConnection } from '@temporalio/worker';
 * import { createDecommissionWorker, loadConfiguration } from 'node-decommission/worker';
 *
 * const connection = await NativeConnection.connect({ address: 'temporal.example:7233' });
 * const configuration = loadConfiguration({ environment: process.env });
 * const worker = await createDecommissionWorker({ connection, namespace: 'default', configuration });
 * await worker.run();
 * ```
 *
 * @throws ConfigurationError the hook `endMachine` cannot be called: a variable is not set, or its command cannot be executed.
 * @throws ClusterFailure `Invalid`: a kubeconfig cannot be read, or does not have the configured context.
 * @throws TemporalAccessDenied the credentials do not have write access to the namespace.
 * @throws Error the workflows cannot be bundled, or the connection is closed.
 */
export const createDecommissionWorker = async (options: DecommissionWorkerOptions): Promise<WorkerGroup> => {
  const { connection, namespace, configuration, identity = `${process.pid}@${hostname()}`, ...extensions } = options;
  const { activitySlots } = configuration.limits;
  const version = toVersionOptions(configuration.deployment);
  const client = new Client({ connection, namespace });
  const { checkRequest, ...activities } = createOwnActivities(options, client, identity);
  await proveTemporalAccess(client);
  const create = (taskQueue: string, part: Omit<WorkerOptions, 'taskQueue'>, served: Partial<Activities>) =>
    Worker.create({ connection, namespace, identity, taskQueue, activities: served, ...part, ...version });
  return await createWorkerGroup([
    create(TASK_QUEUE, toWorkflowWorkerOptions(extensions), { checkRequest }),
    ...Object.keys(configuration.clusters).flatMap((cluster) => [
      create(toClusterQueue(cluster), toClusterWorkerOptions(extensions), activities),
      create(toWaitsQueue(cluster), toWaitsWorkerOptions({ ...extensions, activitySlots }), activities),
    ]),
  ]);
};

const createOwnActivities = (
  { address, configuration }: DecommissionWorkerOptions,
  client: Client,
  workerIdentity: string,
): Activities =>
  createActivities({
    clusters: createClusters(configuration),
    hosts: createHosts(configuration),
    scheduler: createScheduler(),
    directory: createWorkflowDirectory(client, address),
    waits: configuration.waits,
    limits: configuration.limits,
    maxConcurrentNodes: toClusterLimits(configuration),
    ...(configuration.machineHook
      ? { machineHook: createMachineHook(configuration.machineHook, Object.keys(configuration.clusters)) }
      : {}),
    ...(configuration.reports ? { reports: createReportFolder(configuration.reports.directory) } : {}),
    now: () => Date.now(),
    workerIdentity,
    ...(configuration.ownPod ? { ownPod: configuration.ownPod } : {}),
  });

const toClusterLimits = ({ clusters }: Configuration): ReadonlyMap<string, number> =>
  new Map(
    Object.entries(clusters).flatMap(([name, { maxConcurrentNodes }]) =>
      maxConcurrentNodes === undefined ? [] : [[name, maxConcurrentNodes]],
    ),
  );

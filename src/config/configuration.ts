import type { WaitSettings } from '../domain/run/wait-settings.ts';
import type { WorkerVersion } from '../domain/run/worker-version.ts';
import type { ClusterSettings } from '../domain/cluster/cluster-settings.ts';
import type { ProxySettings } from '../domain/cluster/proxy-settings.ts';
import type { HostsSettings } from './host-settings.ts';
import type { MachineHookSettings } from './machine-hook-settings.ts';

/** The worker's configuration, validated, with every default filled in; created by `load-configuration.ts`. */
export interface Configuration {
  /** Keyed by the name that requests use in `cluster`. */
  readonly clusters: Readonly<Record<string, ClusterSettings>>;
  /** Fixed waits of the pipeline. */
  readonly waits: WaitSettings;
  readonly limits: LimitSettings;
  /** Connection settings of the Nodes' hosts; absent: hosts cannot be reached, and only `hostCleanup: "skip"` is possible. */
  readonly hosts?: HostsSettings;
  /** From HTTPS_PROXY, HTTP_PROXY and NO_PROXY, or their lower-case forms. */
  readonly proxies: ProxySettings;
  /** Where each node's report is stored as it ends; absent: nowhere. */
  readonly reports?: ReportSettings;
  /** `endMachine`: what ends the machine of a node once its Node is deleted; absent: nothing does. */
  readonly machineHook?: MachineHookSettings;
  /**
   * The version of the workers in a Worker Deployment, from `deployment` of the file, or TEMPORAL_DEPLOYMENT_NAME and
   * TEMPORAL_WORKER_BUILD_ID; absent: the workers are unversioned.
   */
  readonly deployment?: WorkerVersion;
  /** This worker's own pod, from POD_NAMESPACE and POD_NAME (downward API); absent outside a cluster. */
  readonly ownPod?: { readonly namespace: string; readonly name: string };
}

/** Where reports are stored. */
export interface ReportSettings {
  /** Absolute path of a folder; created when it is needed. */
  readonly directory: string;
}

/** How much one worker does at once. */
export interface LimitSettings {
  /** Maximum number of concurrent eviction calls of one worker, for each cluster. Default 50. */
  readonly maxConcurrentEvictions: number;
  /**
   * Maximum number of waiting evictions in one worker, for each cluster: each pod takes one slot. Other activities have slots of their
   * own. Default 2000.
   */
  readonly activitySlots: number;
  /** Deadline of one request to an API server, in seconds. Default 30. */
  readonly requestTimeoutSeconds: number;
}

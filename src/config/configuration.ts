import type { WaitSettings } from '../domain/run/wait-settings.ts';
import type { ClusterSettings } from '../ports/cluster.ts';
import type { HostsSettings } from './host-settings.ts';

/** The worker's configuration, validated, every default filled in. `load-configuration.ts` makes it. */
export interface Configuration {
  /** By the name that requests use in `cluster`. */
  readonly clusters: Readonly<Record<string, ClusterSettings>>;
  readonly waits: WaitSettings;
  readonly limits: LimitSettings;
  /** The way to the hosts of the Nodes; absent: hosts cannot be reached, and only `hostCleanup: "skip"` can be done. */
  readonly hosts?: HostsSettings;
  /** This worker's own pod, from POD_NAMESPACE and POD_NAME (downward API); absent outside a cluster. */
  readonly ownPod?: { readonly namespace: string; readonly name: string };
}

export interface LimitSettings {
  /** Eviction calls under way at once, for one node. Default 20. */
  readonly maxConcurrentEvictions: number;
  /** Activities that one worker runs at once; each waiting eviction takes one. Default 2000. */
  readonly activitySlots: number;
  /** Deadline of one API call. Default 30. */
  readonly requestTimeoutSeconds: number;
}

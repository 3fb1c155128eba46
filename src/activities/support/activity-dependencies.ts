import type { LimitSettings } from '../../config/configuration.ts';
import type { WaitSettings } from '../../domain/run/wait-settings.ts';
import type { Cluster } from '../../ports/cluster.ts';
import type { Hosts } from '../../ports/host.ts';
import type { WorkflowDirectory } from '../../ports/workflow-directory.ts';

/** What the composition root gives the activities. */
export interface ActivityDependencies {
  /** By configured name. */
  readonly clusters: ReadonlyMap<string, Cluster>;
  /** Absent: the configuration names no way to any host. */
  readonly hosts?: Hosts;
  readonly directory: WorkflowDirectory;
  readonly waits: WaitSettings;
  readonly limits: LimitSettings;
  /** As Temporal shows it; names the worker in failures that only some workers have. */
  readonly workerIdentity?: string;
  readonly ownPod?: { readonly namespace: string; readonly name: string };
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

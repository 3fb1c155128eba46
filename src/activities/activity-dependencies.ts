import type { LimitSettings } from '../config/configuration.ts';
import type { WaitSettings } from '../domain/wait-settings.ts';
import type { Cluster } from '../ports/cluster.ts';
import type { WorkflowDirectory } from '../ports/workflow-directory.ts';

/** What the composition root gives the activities. */
export interface ActivityDependencies {
  /** By configured name. */
  readonly clusters: ReadonlyMap<string, Cluster>;
  readonly directory: WorkflowDirectory;
  readonly waits: WaitSettings;
  readonly limits: LimitSettings;
  readonly ownPod?: { readonly namespace: string; readonly name: string };
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

import type { LimitSettings } from '../../config/configuration.ts';
import type { WaitSettings } from '../../domain/run/wait-settings.ts';
import type { Cluster } from '../../ports/cluster.ts';
import type { Hosts } from '../../ports/host.ts';
import type { MachineHook } from '../../ports/machine-hook.ts';
import type { ReportStore } from '../../ports/report-store.ts';
import type { Scheduler } from '../../ports/scheduler.ts';
import type { WorkflowDirectory } from '../../ports/workflow-directory.ts';

/** What the composition root passes to the activities. */
export interface ActivityDependencies {
  /** By configured name. */
  readonly clusters: ReadonlyMap<string, Cluster>;
  /** Absent: the configuration has no host connection settings. */
  readonly hosts?: Hosts;
  /** Loads nothing before its first use. */
  readonly scheduler: Scheduler;
  readonly directory: WorkflowDirectory;
  /** Absent: the configuration has no place for reports. */
  readonly reports?: ReportStore;
  /** Absent: the configuration has no hook that ends machines. */
  readonly machineHook?: MachineHook;
  readonly waits: WaitSettings;
  readonly limits: LimitSettings;
  /** By cluster: how many nodes all tasks together work on at once; absent: any number. */
  readonly maxConcurrentNodes?: ReadonlyMap<string, number>;
  /** As shown in Temporal; identifies the worker in failures that depend on its configuration. */
  readonly workerIdentity?: string;
  readonly ownPod?: { readonly namespace: string; readonly name: string };
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

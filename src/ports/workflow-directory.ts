import type { LockHolder } from '../domain/node/lock.ts';
import type { PointOfNoReturn } from '../domain/run/point-of-no-return.ts';
import type { NodeReport } from '../domain/run/report.ts';
import type { SearchAttributeName } from '../domain/run/search-attributes.ts';
import type { TaskIdentity } from '../domain/run/task-identity.ts';
import type { TemporalServer } from '../domain/run/temporal-server.ts';

/** The worker's credentials for Temporal do not allow a call. */
export class TemporalAccessDenied extends Error {
  override readonly name = 'TemporalAccessDenied';
}

/** Where workflows run. */
export interface TemporalPlace {
  /** UUID of the namespace, the same after a restart of the server. */
  readonly temporalNamespaceId: string;
  readonly temporalNamespace: string;
}

/**
 * The state of a holder's workflow. `nodeOpen`: it is closed, but the workflow of the node still runs. `unknown`: another Temporal, or it
 * cannot be reached; the holder then counts as running.
 */
export type HolderState = 'open' | 'nodeOpen' | 'closed' | 'unknown';

/** The newest workflow that decommissions a node. */
export type NodeWorkflow =
  | { readonly kind: 'absent' }
  | {
      readonly kind: 'open' | 'closed';
      readonly runId: string;
      /** Absent: it is not a child of a task. */
      readonly task?: TaskIdentity;
      /** Absent: it is open, or closed without one, e.g. when it was terminated. */
      readonly report?: NodeReport;
    };

/** The worker's Temporal namespace, and what it can read and signal there. */
export interface WorkflowDirectory {
  /**
   * The namespace that this worker serves.
   * @throws TemporalAccessDenied its credentials may not describe the namespace.
   * @throws Error of the Temporal client: the server does not respond.
   */
  readPlace(): Promise<TemporalPlace>;
  /** Those of our search attributes that are registered in the namespace; none if that cannot be read. Never throws. */
  readSearchAttributes(): Promise<readonly SearchAttributeName[]>;
  /** The server that this worker is connected to; `undefined`: its address is unknown. Never throws. */
  readServer(): Promise<Omit<TemporalServer, 'isInCluster'> | undefined>;
  /**
   * Whether the holder of a node's lock still runs. Never throws.
   * @param nodeWorkflowId the node's own workflow, which outlives a task that is terminated; absent: it does not count
   */
  readHolderState(holder: LockHolder, nodeWorkflowId?: string): Promise<HolderState>;
  /**
   * @throws Error of the Temporal client: the server does not respond or denies access.
   */
  readNodeWorkflow(nodeWorkflowId: string): Promise<NodeWorkflow>;
  /**
   * Resolves when this run of a workflow, or the run that continues it, has closed, or when the signal aborts; earlier if that cannot be
   * awaited. Costs one open request. Never throws.
   */
  awaitClosed(workflowId: string, runId: string, signal: AbortSignal): Promise<void>;
  /**
   * Ids of the tasks of this cluster that run now, as far as their workflow ids name them; undefined: they could not be listed. Never
   * throws.
   */
  readRunningTaskIds(cluster: string): Promise<readonly string[] | undefined>;
  /** Of the newest workflow of a task; `unknown` also when there is none with the usual workflow id. Never throws. */
  readTaskState(cluster: string, taskId: string): Promise<Exclude<HolderState, 'nodeOpen'>>;
  /** What the newest workflow with that id, running or not, began that cannot be undone; undefined: nothing that is known. Never throws. */
  readPointOfNoReturn(workflowId: string): Promise<PointOfNoReturn | undefined>;
  /** Best effort: signals `drainPicture` to a running workflow. Never throws. */
  reportProgress(workflowId: string, runId: string, lines: readonly string[]): Promise<void>;
}

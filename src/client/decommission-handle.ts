import type { DecommissionPlan } from '../domain/plan/decommission-plan.ts';
import type { DecommissionReport } from '../domain/run/report.ts';
import type { PointOfNoReturn } from '../domain/run/point-of-no-return.ts';
import type { Attribution, RunStatus } from '../domain/run/status.ts';
import type { ApprovalArgument, PodAction, PodArgument, ReplacementsArgument } from '../domain/steering/steering.ts';
import type { JoinedStatus } from './join-status.ts';

/** What a requested cancellation stops, and what it does not. */
export interface CancelAnswer {
  /** Of the nodes that continue, because they are past their point of no return. Empty: all changes are undone. */
  readonly continuing: readonly PointOfNoReturn[];
  /** If a node continues: those that are not started, whose changes are undone. */
  readonly undoneNodeNames: readonly string[];
  /** Why no worker begins with the undo at present, with the remedy: no worker of the version that the run needs polls. Absent: one does. */
  readonly obstacle?: string;
}

/** How `progress` reads. */
export interface ProgressOptions {
  /** Time between two reads; at least 100, default 1000. */
  readonly intervalMilliseconds?: number;
  /** Ends the iteration; the decommission continues. */
  readonly signal?: AbortSignal;
  /** Called when a read fails (no worker, no server); the iteration then continues. Absent: such an error ends it. */
  readonly onTrouble?: (error: Error) => void;
}

/**
 * One decommission, running or closed.
 * @throws DecommissionError: every expected failure of a call, with its `code`.
 */
export interface DecommissionHandle {
  /** In Temporal, e.g. `decommission/default/task/<task id>`. */
  readonly workflowId: string;
  /** Of the first run; absent when attached by id only. */
  readonly runId?: string;
  /** False only when this handle's own `start` started the workflow. */
  readonly attached: boolean;

  /**
   * Waits until it is closed, or parked as `NeedsOperator`, and returns its report. Every business outcome is a report.
   * @throws NoReportError: the workflow was terminated, timed out, or closed without a report.
   */
  result(): Promise<DecommissionReport>;
  /** Like `result`, with the pods from the nodes' own workflows. Large for many nodes. */
  report(): Promise<DecommissionReport>;
  /** The current status, with each pod and what it is waiting for. Once closed, read from the report, without a worker. */
  status(): Promise<JoinedStatus>;
  /** The plan that preflight made; null until preflight is finished. Needs a worker. */
  plan(): Promise<DecommissionPlan | null>;
  /** Reads `status` repeatedly; ends after the first one that is closed or parked. */
  progress(options?: ProgressOptions): AsyncIterable<JoinedStatus>;
  /** Starts no further evictions. Idempotent. Needs a worker. */
  pause(attribution: Attribution): Promise<RunStatus>;
  /** Continues after a pause or from a parked step. Idempotent. Needs a worker. */
  resume(attribution: Attribution): Promise<RunStatus>;
  /** Continues the nodes that wait for an approval, or one of them. Idempotent. Needs a worker. */
  approve(argument: ApprovalArgument): Promise<RunStatus>;
  /** Retries, skips or deletes one pod of a node that is being drained: see `PodAction`. Idempotent. Needs a worker. */
  steerPod(action: PodAction, argument: PodArgument): Promise<RunStatus>;
  /**
   * Ends the wait for replacements that are not Ready: of one workload, or of all that the node waits for. Refused while nothing is waited for.
   * Idempotent. Needs a worker.
   */
  skipReplacements(argument: ReplacementsArgument): Promise<RunStatus>;
  /**
   * Requests cancellation, which undoes everything except nodes past their point of no return; `result` resolves when that is done.
   * Recorded in the history with who and why.
   * @throws CannotCancelError: every node that is left is past its point of no return, so nothing was sent.
   */
  cancel(attribution: Attribution): Promise<CancelAnswer>;
}

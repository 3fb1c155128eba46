import type { DecommissionPlan } from '../domain/plan/decommission-plan.ts';
import type { DecommissionReport } from '../domain/run/report.ts';
import type { Attribution, RunStatus } from '../domain/run/status.ts';
import type { JoinedStatus } from './join-status.ts';

export interface ProgressOptions {
  /** Between two looks; at least 100, default 1000. */
  readonly intervalMilliseconds?: number;
  /** Ends the iteration; the decommission goes on. */
  readonly signal?: AbortSignal;
  /** Told when a look fails (no worker, no server); the iteration then goes on. Absent: such an error ends it. */
  readonly onTrouble?: (error: Error) => void;
}

/** One decommission, running or closed. Every call throws DecommissionError (with `code`) for what it foresees. */
export interface DecommissionHandle {
  readonly workflowId: string;
  /** Of the first run; absent when attached by id alone. */
  readonly runId?: string;
  /** False only when this handle's own `start` started the workflow. */
  readonly attached: boolean;

  /**
   * Waits until it is closed, or parked as `NeedsOperator`, and gives its report. Every business outcome is a report. Throws
   * NoReportError when the workflow was ended from outside (terminated, timed out).
   */
  result(): Promise<DecommissionReport>;
  /** Like `result`, with the pods from the nodes' own workflows. Large for many nodes. */
  report(): Promise<DecommissionReport>;
  /** What happens now, with each pod and what it waits for. From the report once closed, so that no worker is needed then. */
  status(): Promise<JoinedStatus>;
  /** What preflight found; null until it is through. Needs a worker. */
  plan(): Promise<DecommissionPlan | null>;
  /** `status` again and again; ends after the one that says closed or parked. */
  progress(options?: ProgressOptions): AsyncIterable<JoinedStatus>;
  /** No further eviction is started. Idempotent. Needs a worker. */
  pause(attribution: Attribution): Promise<RunStatus>;
  /** Goes on after a pause or from a parked step. Idempotent. Needs a worker. */
  resume(attribution: Attribution): Promise<RunStatus>;
  /** Asks it to stop and put everything back; `result` tells when that is done. Kept in history with who and why. */
  cancel(attribution: Attribution): Promise<void>;
}

import type { DecommissionPlan } from '../../domain/plan/decommission-plan.ts';
import type { AcceptedTask } from '../../domain/run/context.ts';
import type { NodeReport } from '../../domain/run/report.ts';
import type { PauseState } from '../../domain/run/status.ts';
import type { StepLog } from '../../domain/run/step-log.ts';
import type { UndoEntry } from '../runtime/undo.ts';

/** What continue-as-new passes on: plain JSON. */
export interface ContinuedTask {
  readonly kind: 'continuedTask';
  readonly task: AcceptedTask;
  /** Without its pods. */
  readonly plan: DecommissionPlan;
  /** Of the remaining nodes. */
  readonly plannedWorkloads: readonly [string, readonly string[]][];
  readonly undo: readonly UndoEntry[];
  readonly steps: readonly [string, StepLog][];
  readonly reports: readonly NodeReport[];
  readonly startedAt: string;
  readonly paused?: PauseState;
}

import type { DecommissionPlan } from '../../domain/plan/decommission-plan.ts';
import { MAX_NODES_IN_DETAIL } from '../../domain/run/compact-steps.ts';
import type { AcceptedTask } from '../../domain/run/context.ts';
import type { NodeReport, UndoReport } from '../../domain/run/report.ts';
import type { PauseState } from '../../domain/run/status.ts';
import type { StepLog } from '../../domain/run/step-log.ts';
import type { UndoEntry } from '../runtime/undo.ts';
import type { ContinuedFleet } from './fleet-state.ts';

/** What continue-as-new passes on: plain JSON. */
export interface ContinuedTask {
  readonly kind: 'continuedTask';
  readonly task: AcceptedTask;
  /** Without its pods. */
  readonly plan: DecommissionPlan;
  readonly fleet?: ContinuedFleet;
  /** Of the nodes that are not started. */
  readonly plannedWorkloads: readonly [string, readonly string[]][];
  readonly undo: readonly UndoEntry[];
  /** Results of what was undone so far. */
  readonly undone?: readonly UndoReport[];
  readonly steps: readonly [string, StepLog][];
  readonly reports: readonly NodeReport[];
  readonly startedAt: string;
  readonly paused?: PauseState;
}

/**
 * Of a task with many nodes, without the earlier state of each node, which is most of their size: it is on the Node, too, and only the commands
 * for an operator then have to read it there. Pure.
 */
export const toContinuedUndo = (undo: readonly UndoEntry[], nodeCount: number): readonly UndoEntry[] =>
  nodeCount <= MAX_NODES_IN_DETAIL ? undo : undo.map(withoutEarlier);

const withoutEarlier = (entry: UndoEntry): UndoEntry => {
  if (entry.kind !== 'cordon') return entry;
  const { earlier: _earlier, ...others } = entry;
  return others;
};

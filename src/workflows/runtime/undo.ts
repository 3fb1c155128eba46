import type { CreatedBudget } from '../../activities/budgets/release-budgets.ts';
import {
  toBudgetCommands,
  toNodeCommands,
  toSurgeCommands,
  toUnlockCommand,
  type EarlierMarks,
} from '../../domain/node/repair-commands.ts';
import type { UndoReport } from '../../domain/run/report.ts';
import type { TaskContext } from '../../domain/run/context.ts';
import type { NodeTarget } from '../../domain/node/node-target.ts';
import { undoActivities } from './activity-options.ts';
import { toFailureReport } from './failure-report.ts';

/** One change to undo, as plain data: registered before its step, and passed on by continue-as-new. */
export type UndoEntry =
  | { readonly kind: 'lock'; readonly target: NodeTarget }
  /** They are found in the cluster. */
  | { readonly kind: 'surges' }
  | { readonly kind: 'budgets'; readonly created: readonly CreatedBudget[] }
  | { readonly kind: 'cordon'; readonly target: NodeTarget; readonly earlier?: EarlierMarks };

export interface UndoResult {
  readonly entry: UndoEntry;
  readonly reports: readonly UndoReport[];
  /** The undo is complete, or left to another client. */
  readonly isOver: boolean;
}

/** Undoes in reverse order of registration; a failed entry does not stop the others. Call it in a non-cancellable scope. */
export const undoAll = async (context: TaskContext, entries: readonly UndoEntry[]): Promise<readonly UndoResult[]> => {
  const results: UndoResult[] = [];
  for (const entry of [...entries].reverse()) {
    const reports = await undoEntry(context, entry);
    results.push({ entry, reports, isOver: reports.every(({ status }) => status !== 'Failed') });
  }
  return results;
};

/**
 * Undoes one entry, with bounded retries. A failed undo is reported with the commands that an operator can run.
 * @throws a defect: see `throwDefect`.
 */
export const undoEntry = async (context: TaskContext, entry: UndoEntry): Promise<readonly UndoReport[]> => {
  try {
    switch (entry.kind) {
      case 'cordon':
        return [await undoActivities.uncordonNode(context, entry.target)];
      case 'lock':
        return [await undoActivities.releaseNodeLock(context, entry.target)];
      case 'budgets':
        return await undoActivities.releaseBudgets(context, entry.created);
      case 'surges':
        return await undoActivities.releaseSurges(context);
    }
  } catch (error) {
    const { message } = toFailureReport(error);
    return [{ action: describe(entry), status: 'Failed', message, commands: toCommands(context, entry) }];
  }
};

const describe = (entry: UndoEntry): string => {
  switch (entry.kind) {
    case 'cordon':
      return `uncordon node ${entry.target.nodeName}`;
    case 'lock':
      return `release the lock on node ${entry.target.nodeName}`;
    case 'budgets':
      return "release this task's budgets";
    case 'surges':
      return 'scale the Deployments with a second replica of this task back to one';
  }
};

/** What an operator can run instead. */
const toCommands = ({ taskId, cluster }: TaskContext, entry: UndoEntry): readonly string[] => {
  switch (entry.kind) {
    case 'cordon':
      return toNodeCommands(entry.target.nodeName, taskId, entry.earlier);
    case 'lock':
      return [toUnlockCommand(entry.target.nodeName, cluster, `task ${taskId} has ended`)];
    case 'budgets':
      return toBudgetCommands(taskId, entry.created);
    case 'surges':
      return toSurgeCommands();
  }
};

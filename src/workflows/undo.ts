import type { CreatedBudget } from '../activities/release-budgets.ts';
import { OWNER_TASK_ANNOTATION, toTaskAnnotation } from '../domain/names.ts';
import type { UndoReport } from '../domain/report.ts';
import type { NodeTarget, TaskContext } from '../domain/task-context.ts';
import { persistent } from './activity-proxies.ts';
import { toFailureReport } from './failure-report.ts';

/** One thing to put back, as plain data: registered before its step, and carried along by continue-as-new. */
export type UndoEntry =
  | { readonly kind: 'lock'; readonly target: NodeTarget }
  | { readonly kind: 'budgets'; readonly created: readonly CreatedBudget[] }
  | { readonly kind: 'cordon'; readonly target: NodeTarget };

export interface UndoResult {
  readonly entry: UndoEntry;
  readonly reports: readonly UndoReport[];
  /** Nothing of it is left to be done by us. */
  readonly isOver: boolean;
}

/** Undoes in reverse order of registration; an entry that fails does not stop the others. Call it in a non-cancellable scope. */
export const undoAll = async (context: TaskContext, entries: readonly UndoEntry[]): Promise<readonly UndoResult[]> => {
  const results: UndoResult[] = [];
  for (const entry of [...entries].reverse()) {
    const reports = await undoEntry(context, entry);
    results.push({ entry, reports, isOver: reports.every(({ status }) => status !== 'Failed') });
  }
  return results;
};

/** Undoes one entry, with bounded retries. Never throws: what cannot be put back is reported with the commands that a person can run. */
export const undoEntry = async (context: TaskContext, entry: UndoEntry): Promise<readonly UndoReport[]> => {
  try {
    switch (entry.kind) {
      case 'cordon':
        return [await persistent.uncordonNode(context, entry.target)];
      case 'lock':
        return [await persistent.releaseNodeLock(context, entry.target)];
      case 'budgets':
        return await persistent.releaseBudgets(context, entry.created);
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
      return 'let go of the budgets of this task';
  }
};

/** What a person can run instead; the earlier state of the node is in its annotations until then. */
const toCommands = ({ taskId }: TaskContext, entry: UndoEntry): readonly string[] => {
  switch (entry.kind) {
    case 'cordon':
      return [
        `kubectl get node ${entry.target.nodeName} -o jsonpath='{.metadata.annotations.node-decommission\\.io/earlier-state}'`,
        `kubectl uncordon ${entry.target.nodeName}   # unless the earlier state says unschedulable`,
        `kubectl annotate node ${entry.target.nodeName} ${toTaskAnnotation(taskId)}- ${OWNER_TASK_ANNOTATION}- node-decommission.io/earlier-state- cluster-autoscaler.kubernetes.io/scale-down-disabled-`,
      ];
    case 'lock':
      return [`node-decommission unlock ${entry.target.nodeName} --reason "task ${taskId} is over"`];
    case 'budgets':
      return [
        ...entry.created.map(
          ({ namespace, name }) => `kubectl delete pdb -n ${namespace} ${name}   # unless it names another task`,
        ),
        `kubectl annotate pdb --all --all-namespaces ${toTaskAnnotation(taskId)}-`,
      ];
  }
};

import type { CreatedBudget } from '../../activities/budgets/release-budgets.ts';
import {
  toBalancerCommand,
  toBudgetCommands,
  toLeavingTaintCommand,
  toNodeCommands,
  toOutOfServiceCommand,
  toSurgeCommands,
  toUnlockCommand,
  toWaitingTaintCommand,
  type EarlierMarks,
} from '../../domain/node/repair-commands.ts';
import type { UndoReport } from '../../domain/run/report.ts';
import type { TaskContext } from '../../domain/run/context.ts';
import type { NodeTarget } from '../../domain/node/node-target.ts';
import { describeTaintRemoval } from '../../domain/node/waiting-taint.ts';
import { undoActivities } from './activity-options.ts';
import { toFailureReport } from './failure-report.ts';

/** One change to undo, as plain data: registered before its step, and passed on by continue-as-new. */
export type UndoEntry =
  | { readonly kind: 'lock'; readonly target: NodeTarget }
  /** The taint of a node that waits for its turn. */
  | { readonly kind: 'waiting'; readonly target: NodeTarget }
  /** They are found in the cluster. */
  | { readonly kind: 'surges' }
  | { readonly kind: 'budgets'; readonly created: readonly CreatedBudget[] }
  /**
   * `mayLeave`: it may have the taint of a node whose DaemonSet pods were evicted; `mayBeOutOfService`: that of a dead node; `mayBeExcluded`: the
   * label that excludes it from load balancers.
   */
  | {
      readonly kind: 'cordon';
      readonly target: NodeTarget;
      readonly earlier?: EarlierMarks;
      readonly mayLeave?: boolean;
      readonly mayBeOutOfService?: boolean;
      readonly mayBeExcluded?: boolean;
    };

export interface UndoResult {
  readonly entry: UndoEntry;
  readonly reports: readonly UndoReport[];
  /** The undo is complete, or left to another client. */
  readonly isOver: boolean;
}

/** The server refuses more than 2,000 pending activities. */
const MAX_NODES_AT_ONCE = 100;

/**
 * Undoes in reverse order of registration, different nodes side by side: one that takes an hour does not delay the others. What belongs to the
 * whole task, e.g. its budgets, waits for all nodes before it. A failed entry does not stop the others. Returns the results in that order.
 * Call it in a non-cancellable scope.
 */
export const undoAll = async (context: TaskContext, entries: readonly UndoEntry[]): Promise<readonly UndoResult[]> => {
  const results: UndoResult[] = [];
  for (const stage of toStages([...entries].reverse())) results.push(...(await undoStage(context, stage)));
  return results;
};

/** Consecutive entries of nodes together, each entry of the task by itself. */
const toStages = (entries: readonly UndoEntry[]): readonly (readonly UndoEntry[])[] => {
  const stages: UndoEntry[][] = [];
  let nodes: UndoEntry[] | undefined;
  for (const entry of entries) {
    if ('target' in entry && nodes) {
      nodes.push(entry);
      continue;
    }
    const stage = [entry];
    stages.push(stage);
    nodes = 'target' in entry ? stage : undefined;
  }
  return stages;
};

const undoStage = async (context: TaskContext, stage: readonly UndoEntry[]): Promise<readonly UndoResult[]> => {
  const results = new Map<UndoEntry, UndoResult>();
  const chains = toChains(stage);
  const work = async (): Promise<void> => {
    for (let chain = chains.shift(); chain; chain = chains.shift()) {
      for (const entry of chain) {
        const reports = await undoEntry(context, entry);
        results.set(entry, { entry, reports, isOver: reports.every(({ status }) => status !== 'Failed') });
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(MAX_NODES_AT_ONCE, chains.length) }, work));
  return stage.flatMap((entry) => results.get(entry) ?? []);
};

/** The entries of each node, in their order. */
const toChains = (stage: readonly UndoEntry[]): UndoEntry[][] => {
  const byNode = new Map<string, UndoEntry[]>();
  for (const entry of stage) {
    const key = 'target' in entry ? entry.target.nodeName : '';
    byNode.set(key, [...(byNode.get(key) ?? []), entry]);
  }
  return [...byNode.values()];
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
      case 'waiting':
        return [await undoActivities.releaseWaitingNode(context, entry.target)];
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
    case 'waiting':
      return describeTaintRemoval(entry.target.nodeName);
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
      return [
        ...toNodeCommands(entry.target.nodeName, taskId, entry.earlier),
        ...(entry.mayLeave === true ? [toLeavingTaintCommand(entry.target.nodeName)] : []),
        ...(entry.mayBeExcluded === true ? [toBalancerCommand(entry.target.nodeName, taskId)] : []),
        ...(entry.mayBeOutOfService === true ? [toOutOfServiceCommand(entry.target.nodeName, taskId)] : []),
      ];
    case 'lock':
      return [toUnlockCommand(entry.target.nodeName, cluster, `task ${taskId} has ended`)];
    case 'waiting':
      return [toWaitingTaintCommand(entry.target.nodeName)];
    case 'budgets':
      return toBudgetCommands(taskId, entry.created);
    case 'surges':
      return toSurgeCommands();
  }
};

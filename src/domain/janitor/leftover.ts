import type { NodeTarget } from '../node/node-target.ts';

/** `closed`: its workflow is closed or gone. `unknown`: it may belong to another Temporal, or Temporal did not answer. */
export type TaskState = 'running' | 'closed' | 'unknown';

/** The object that an undo writes to; one with another UID is not touched. */
export type LeftoverTarget =
  | ({ readonly kind: 'Node' } & NodeTarget & {
        /** Text of its lock when it was read: with another one, another run works on the node. Absent: it had none. */
        readonly lock?: string;
      })
  | {
      readonly kind: 'PodDisruptionBudget' | 'Deployment';
      readonly namespace: string;
      readonly name: string;
      readonly uid: string;
    }
  /** A host is never changed. */
  | { readonly kind: 'Host'; readonly nodeName: string };

/** Something that a task wrote and that no running task will remove. */
export interface Leftover {
  readonly kind: 'lock' | 'marks' | 'taint' | 'budget' | 'secondReplica' | 'host';
  /** For example `Node node-1` or `PodDisruptionBudget shop/web`. */
  readonly object: string;
  /** What stays, as a phrase. */
  readonly what: string;
  /** Absent: the object does not name it. */
  readonly taskId?: string;
  /** Absent: the object does not name it. */
  readonly workflowId?: string;
  /** Never `running`. */
  readonly task: Exclude<TaskState, 'running'>;
  /** What to know before the commands are run, as a sentence. */
  readonly caution?: string;
  /** Why it is never undone, and what to do instead, as sentences; absent: it can be undone. */
  readonly stays?: string;
  /** For a shell, in this order; for what is never undone, only those that the next run needs. */
  readonly commands: readonly string[];
  readonly target: LeftoverTarget;
}

/** The same leftover, found at another time. Pure. */
export const isSameLeftover = (one: Leftover, other: Leftover): boolean =>
  one.kind === other.kind && one.object === other.object && one.taskId === other.taskId;

export interface LeftoverFilter {
  /** Of nodes and their hosts only; empty: all objects. */
  readonly nodeNames: readonly string[];
  /** Absent: of all tasks. */
  readonly taskId?: string;
}

/** Those that match every part of the filter. Pure. */
export const filterLeftovers = (
  leftovers: readonly Leftover[],
  { nodeNames, taskId }: LeftoverFilter,
): readonly Leftover[] =>
  leftovers.filter(
    ({ target, ...leftover }) =>
      (taskId === undefined || leftover.taskId === taskId) &&
      (nodeNames.length === 0 || ('nodeName' in target && nodeNames.includes(target.nodeName))),
  );

import type { NodeWorkflowInput } from '../../domain/run/context.ts';
import type { NodeReport } from '../../domain/run/report.ts';
import type { Attribution } from '../../domain/run/status.ts';
import type { Steering } from '../../domain/steering/steering.ts';
import type { TaskState } from './task-state.ts';

/** Runs the steps of one prepared node and returns its report. */
export type SendNode = (state: TaskState, input: NodeWorkflowInput) => Promise<NodeReport>;

/** How the nodes of a task run: in workflows of their own, or in that of the task. */
export interface NodeExecution {
  readonly oneNodeOnly: boolean;
  readonly sendNode: SendNode;
  /** Waits again for a node whose workflow an earlier run of the task has started, and returns its report. */
  readonly attachNode: SendNode;
  /** The history is long: no other node starts before the task continues as new. */
  readonly isContinueAsNewSuggested: () => boolean;
  /** Ends this run. Call it only while every node that runs is attached, and no handler runs. */
  readonly continueAsNew: (state: TaskState) => Promise<never>;
  /** Why the message is refused; undefined: it is not, as far as the task knows. */
  readonly judgeSteering: (state: TaskState, message: Steering) => string | undefined;
  /** Carries out a message that is not refused. Returns why a node has refused it; empty: none has. */
  readonly steer: (state: TaskState, message: Steering) => Promise<string>;
  /** Forwards a pause or resume to the running children. */
  readonly notifyChildren: (state: TaskState, message: 'pause' | 'resume', attribution: Attribution) => Promise<void>;
}

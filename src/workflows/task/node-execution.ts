import type { NodeWorkflowInput } from '../../domain/run/context.ts';
import type { NodeReport } from '../../domain/run/report.ts';
import type { Attribution } from '../../domain/run/status.ts';
import type { TaskState } from './task-state.ts';

/** Runs the steps of one prepared node and returns its report. */
export type SendNode = (state: TaskState, input: NodeWorkflowInput) => Promise<NodeReport>;

/** Continues as new when the server suggests it; else returns. Call it only while no node runs. */
export type ContinueAsNewIfSuggested = (state: TaskState) => Promise<void>;

/** How the nodes of a task run: in workflows of their own, or in that of the task. */
export interface NodeExecution {
  readonly oneNodeOnly: boolean;
  readonly sendNode: SendNode;
  readonly continueAsNewIfSuggested: ContinueAsNewIfSuggested;
  /** The history is long: no other node starts before the task continues as new. */
  readonly isContinueAsNewSuggested: () => boolean;
  /** Forwards a pause or resume to the running children. */
  readonly notifyChildren: (state: TaskState, message: 'pause' | 'resume', attribution: Attribution) => Promise<void>;
}

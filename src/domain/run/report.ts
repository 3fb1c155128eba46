import type { ClusterAddress } from '../cluster/facts.ts';
import type { PreviewCounts } from '../host/preview-kinds.ts';
import type { PreviewItem } from '../host/preview.ts';
import type { Machine } from '../machine/machine.ts';
import type { SteeringRecord } from '../steering/steering.ts';

/** The steps of a node, in their order; from `stopKubelet` on nothing can be undone. */
export const STEP_NAMES = [
  'preflight',
  'budgets',
  'cordon',
  'evict',
  'detach',
  'stopKubelet',
  'deleteNode',
  'cleanHost',
  'verifyHost',
  'endMachine',
  'finish',
] as const;
/** One step of a node. */
export type StepName = (typeof STEP_NAMES)[number];

/** `Skipped`: the request leaves it out. `Undone`: it was executed, and its changes were undone. */
export type StepStatus = 'NotExecuted' | 'Running' | 'Succeeded' | 'Failed' | 'Skipped' | 'Undone';

/** How one step of a node ended. */
export interface StepReport {
  readonly name: StepName;
  readonly status: StepStatus;
  /** RFC 3339; absent until the step starts. */
  readonly startedAt?: string;
  readonly endedAt?: string;
  readonly message?: string;
}

/**
 * How a node or a task ended. `Refused`, `InvalidInput`: nothing was changed. `RolledBack`, `Cancelled`: all changes were undone.
 * `RollbackIncomplete`: an undo failed. `NeedsOperator`: it is past its point of no return and waits for an operator.
 */
export type Outcome =
  | 'Decommissioned'
  | 'DryRun'
  | 'Refused'
  | 'InvalidInput'
  | 'RolledBack'
  | 'Cancelled'
  | 'RollbackIncomplete'
  | 'NeedsOperator';

/** Worst first: the order for the outcome of a task of several nodes. */
export const OUTCOMES_WORST_FIRST: readonly Outcome[] = [
  'NeedsOperator',
  'RollbackIncomplete',
  'RolledBack',
  'Cancelled',
  'Refused',
  'InvalidInput',
  'DryRun',
  'Decommissioned',
];

/**
 * `Evicted`: through the Eviction API, and confirmed gone. `Gone`: gone without an eviction by this run. `Terminating`: the eviction was
 * accepted, and the run ended before the pod was gone. `NotEvicted`: still exists, no accepted eviction is known.
 */
export type PodOutcome = 'Evicted' | 'Gone' | 'Terminating' | 'NotEvicted';

/** How one pod left the node. */
export interface PodReport {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly outcome: PodOutcome;
  /** RFC 3339. */
  readonly evictedAt?: string;
  readonly goneAt?: string;
  /** Evictions sent, refused ones included. */
  readonly attempts?: number;
  readonly message?: string;
}

/** How one change was undone. */
export interface UndoReport {
  /** The undo action, e.g. `uncordon node-1`. */
  readonly action: string;
  /** `Kept`: another client changed it in the meantime, and that change is kept. */
  readonly status: 'Undone' | 'NothingToDo' | 'Kept' | 'Failed';
  readonly message: string;
  /** For `Failed`: what an operator can run. */
  readonly commands?: readonly string[];
}

/** What `verifyHost` observed on a host that passed all its checks. */
export interface HostVerification {
  /** One sentence per check, e.g. `kubelet.service is stopped and masked.` In the child's report only. */
  readonly cleaned: readonly string[];
  /** What stays, at most `MAX_KEPT_OF_A_KIND` of a kind. In the child's report only. */
  readonly kept: readonly PreviewItem[];
  /** All of what stays, by kind. */
  readonly keptCounts: PreviewCounts;
}

/** The cleanup of a host, once it is verified. */
export interface HostReport extends HostVerification {
  /** What preflight listed; the stages touched nothing else. In the child's report only. */
  readonly touched: readonly PreviewItem[];
}

export const MAX_KEPT_OF_A_KIND = 50;

/** The machine of a node whose Node was deleted. */
export interface MachineReport extends Partial<Machine> {
  /** `Ended`: the hook of the worker reported success. `StillRuns`: nothing has ended it. Alone in the report of the task. */
  readonly state: 'Ended' | 'StillRuns';
  /** What the hook has answered, at most 2000 characters; absent: nothing. */
  readonly answer?: string;
}

/** An object that another component keeps for a node, and that still exists after its Node was deleted. */
export interface RemainingObject {
  /** E.g. `CiliumNode`. */
  readonly kind: string;
  readonly name: string;
  /** Absent: it is in none. */
  readonly namespace?: string;
  /** For operators: who deletes it, and what to do if it stays. Without a full stop. */
  readonly advice: string;
}

/** What other components keep for a node after its Node was deleted. Nothing of it is deleted here. */
export interface RemainingReport {
  readonly objects: readonly RemainingObject[];
  /** Kinds of which it is unknown whether an object remains, e.g. because the permission to read them is missing. */
  readonly unread: readonly { readonly kind: string; readonly reason: string }[];
}

/** What ended a node or a task early. */
export interface FailureReport {
  /** A failure type, e.g. `DrainTimeout`; docs/findings-and-failures.md lists them. */
  readonly type: string;
  /** For operators: what happened, why, what to do. */
  readonly message: string;
}

/** How the decommission of one node ended. */
export interface NodeReport {
  readonly nodeName: string;
  readonly nodeUid?: string;
  readonly outcome: Outcome;
  readonly steps: readonly StepReport[];
  /** In the child's report only. */
  readonly pods: readonly PodReport[];
  readonly undo: readonly UndoReport[];
  readonly failedStep?: StepName;
  readonly failure?: FailureReport;
  readonly notes: readonly string[];
  /** What operators requested for it. In the child's report only; absent: nothing. */
  readonly steering?: readonly SteeringRecord[];
  /** Absent when the host was not cleaned, or not verified as clean. */
  readonly host?: HostReport;
  /** Absent when the Node was not deleted, or has no `providerID` and no hook was called. */
  readonly machine?: MachineReport;
  /** In the child's report only. Absent when the Node was not deleted, or another machine has its name. */
  readonly remaining?: RemainingReport;
  readonly childWorkflowId?: string;
  readonly childRunId?: string;
}

/** A node's report without the lists that are in the child's own report only. */
export const withoutLists = ({
  host,
  machine,
  remaining: _remaining,
  steering: _steering,
  ...report
}: NodeReport): NodeReport => ({
  ...report,
  pods: [],
  ...(machine && { machine: { state: machine.state } }),
  ...(host && { host: { ...host, touched: [], cleaned: [], kept: [] } }),
});

/** The report of a decommission: the result of the workflows, the file that `run` writes, the CLI's `report -o json`. */
export interface DecommissionReport {
  readonly version: 1;
  readonly taskId: string;
  readonly cluster: string;
  /** Absent when the request was not accepted, and in reports of version 0.1.0. */
  readonly clusterAddress?: ClusterAddress;
  readonly outcome: Outcome;
  readonly requestedBy?: string;
  readonly reason?: string;
  readonly startedAt: string;
  readonly endedAt: string;
  /** One sentence for operators. */
  readonly message: string;
  readonly nodes: readonly NodeReport[];
  /** Undo of what belongs to the task rather than to one node: its budgets. */
  readonly undo: readonly UndoReport[];
  readonly failure?: FailureReport;
}

/** The outcome of a task: that of its worst node. A task without nodes is `InvalidInput`. */
export const toTaskOutcome = (nodeOutcomes: readonly Outcome[]): Outcome =>
  OUTCOMES_WORST_FIRST.find((outcome) => nodeOutcomes.includes(outcome)) ?? 'InvalidInput';

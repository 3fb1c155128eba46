/**
 * The types of every failure that crosses a boundary: Temporal's `ApplicationFailure.type`, and `reason` of a port's failure.
 * Clients match on these; the messages may change.
 */
export const FailureType = {
  /** The request is malformed, or requires something that this version does not implement. */
  InvalidInput: 'InvalidInput',
  /** Preflight refused the task. */
  Refused: 'Refused',
  /** Another task holds the node, or its workflow id. */
  NodeBusy: 'NodeBusy',
  /** The API server belongs to another cluster than the plan, or the cluster is not configured in this worker. */
  ClusterMismatch: 'ClusterMismatch',
  /** The Node does not exist, or was recreated under the same name. */
  NodeChanged: 'NodeChanged',
  /** Another client uncordoned the node during the task. */
  CordonLost: 'CordonLost',
  /** The task's lock on the node was removed or replaced. */
  LockLost: 'LockLost',
  /** Another controller, e.g. Cluster Autoscaler, has begun to remove the node. */
  NodeClaimed: 'NodeClaimed',
  /** The node was not empty by the deadline. */
  DrainTimeout: 'DrainTimeout',
  /** Pods are repeatedly recreated on the cordoned node. */
  NodeBoundPods: 'NodeBoundPods',
  /** Evicting a pod requires a setting that is missing in the request. */
  ConsentMissing: 'ConsentMissing',
  /** The Eviction API refuses permanently: a permission is missing, or the eviction itself is invalid. */
  EvictionRefused: 'EvictionRefused',
  /** A workload with one replica cannot be replaced before its pod is removed. */
  SurgeNotPossible: 'SurgeNotPossible',
  /** The replacement of a single replica was interrupted: another client changed the workload. */
  SurgeInterrupted: 'SurgeInterrupted',
  /** The disruption controller did not process one of the task's budgets in time. */
  BudgetNotObserved: 'BudgetNotObserved',
  /** Volumes were still attached at the deadline. */
  DetachTimeout: 'DetachTimeout',
  /** The API server refuses to delete the Node, which still exists. */
  NodeDeletionRefused: 'NodeDeletionRefused',
  /** The Node is marked for deletion, and its finalizers are not removed. */
  NodeDeletionHeld: 'NodeDeletionHeld',
  /** A Node of that name exists after the deletion, of the same machine or of one that cannot be identified. */
  NodeCameBack: 'NodeCameBack',
  /** The host cannot be reached, or the outcome of a command is unknown; retryable. */
  HostUnreachable: 'HostUnreachable',
  /** The host has no connection settings, refuses the login, lacks something that its stages need, or returns output that cannot be read. */
  HostUnusable: 'HostUnusable',
  /** The host's key is unknown, has changed or was revoked. */
  HostKeyRefused: 'HostKeyRefused',
  /** The host is not proven to be this node's machine, or is another machine. */
  HostNotProven: 'HostNotProven',
  /** The stage was refused before any change on the host. */
  HostStageNotBegun: 'HostStageNotBegun',
  /** The stage on the host did not complete all of its work. */
  HostStageFailed: 'HostStageFailed',
  /** Parts of the cluster remain on the host, or could not be read. */
  HostNotClean: 'HostNotClean',
  /** The hook that ends the machine of a deleted node failed, or its outcome is unknown. */
  MachineNotEnded: 'MachineNotEnded',
  /** The task of a node's workflow is closed: it was terminated. */
  TaskClosed: 'TaskClosed',
  /** A node was parked, so that others were not started. */
  NodesNotStarted: 'NodesNotStarted',
  /** A node's report could not be stored outside of Temporal; the outcome of the run does not depend on it. */
  ReportNotStored: 'ReportNotStored',
  /** Ended tasks have left changes in the cluster. */
  LeftoversFound: 'LeftoversFound',
  /** The API server cannot be reached or returns a server error; retryable. */
  ClusterUnavailable: 'ClusterUnavailable',
  /** The API server denies the request: a permission is missing. */
  Forbidden: 'Forbidden',
} as const;

export type FailureType = (typeof FailureType)[keyof typeof FailureType];

/** A typed failure whose `message` states what happened, why, and what to do next. */
export class DecommissionFailure extends Error {
  override readonly name = 'DecommissionFailure';
  readonly type: FailureType;
  /** Whether retrying the same call can succeed. */
  readonly retryable: boolean;

  constructor(type: FailureType, message: string, options: { readonly retryable?: boolean } = {}) {
    super(message);
    this.type = type;
    this.retryable = options.retryable ?? false;
  }
}

/**
 * The types of every failure that crosses a boundary: Temporal's `ApplicationFailure.type`, and `reason` of a port's failure.
 * People and programs match on these; the prose beside them may change.
 */
export const FailureType = {
  /** The request is malformed, or asks for what this version does not do. */
  InvalidInput: 'InvalidInput',
  /** Preflight refuses. */
  Refused: 'Refused',
  /** Another task holds the node, or its workflow id. */
  NodeBusy: 'NodeBusy',
  /** The cluster that answers is not the one that was planned for, or this worker does not have it at all. */
  ClusterMismatch: 'ClusterMismatch',
  /** The node is not there, or is another of the same name. */
  NodeChanged: 'NodeChanged',
  /** Somebody uncordoned the node while we worked on it. */
  CordonLost: 'CordonLost',
  /** Our lock on the node is gone or belongs to somebody else. */
  LockLost: 'LockLost',
  /** The node was not empty by the deadline. */
  DrainTimeout: 'DrainTimeout',
  /** Pods keep coming back to the cordoned node. */
  NodeBoundPods: 'NodeBoundPods',
  /** A pod can only be evicted with a consent that the request does not give. */
  ConsentMissing: 'ConsentMissing',
  /** The Eviction API refuses for good: a right is missing, or the request itself is wrong. */
  EvictionRefused: 'EvictionRefused',
  /** The disruption controller did not take up one of our budgets. */
  BudgetNotObserved: 'BudgetNotObserved',
  /** Volumes were still attached at the deadline. */
  DetachTimeout: 'DetachTimeout',
  /** The API server refuses to delete the Node, and it is still there. */
  NodeDeletionRefused: 'NodeDeletionRefused',
  /** The Node is marked for deletion, and what set its finalizers does not finish. */
  NodeDeletionHeld: 'NodeDeletionHeld',
  /** A Node of that name is there (again) after the deletion, of the same machine or of one that cannot be told. */
  NodeCameBack: 'NodeCameBack',
  /** The host cannot be reached, or it is not known how it ended; worth another try. */
  HostUnreachable: 'HostUnreachable',
  /** No way to the host is configured, it does not let us in, it lacks what its stages need, or its answer cannot be read. */
  HostUnusable: 'HostUnusable',
  /** The host's key is not known, has changed or was revoked. */
  HostKeyRefused: 'HostKeyRefused',
  /** It is not proven that the host is this node's, or it is another. */
  HostNotProven: 'HostNotProven',
  /** Refused before anything was done on the host. */
  HostStageNotBegun: 'HostStageNotBegun',
  /** What ran on the host did not do all of its work. */
  HostStageFailed: 'HostStageFailed',
  /** Something of the cluster is left on the host, or could not be read. */
  HostNotClean: 'HostNotClean',
  /** The API server cannot be reached or answers with a server error; worth another try. */
  ClusterUnavailable: 'ClusterUnavailable',
  /** The API server says that we may not. */
  Forbidden: 'Forbidden',
} as const;

export type FailureType = (typeof FailureType)[keyof typeof FailureType];

/** A failure in our own words: `message` says what happened, why, and what to do next. */
export class DecommissionFailure extends Error {
  override readonly name = 'DecommissionFailure';
  readonly type: FailureType;
  /** Worth another try of the same call. */
  readonly retryable: boolean;

  constructor(type: FailureType, message: string, options: { readonly retryable?: boolean } = {}) {
    super(message);
    this.type = type;
    this.retryable = options.retryable ?? false;
  }
}

/** Keys of the memo of workflows, which is read without a running worker. */

export const MEMO_REQUEST_FINGERPRINT = 'requestFingerprint';
/** A `PointOfNoReturn` that the workflow has passed: a cancellation has no effect on it. */
export const MEMO_POINT_OF_NO_RETURN = 'pointOfNoReturn';
/** Compact report of a cancelled run: the SDK drops the details of a CancelledFailure. */
export const MEMO_REPORT = 'report';
/** Of a task that has continued as new: ids of the nodes' workflows that ran then, which the server does not list as its children. */
export const MEMO_RUNNING_NODES = 'runningNodes';
/** The `TaskIdentity` of a node's workflow that a task has started. */
export const MEMO_TASK = 'task';

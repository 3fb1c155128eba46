import { toJanitorCommand } from '../domain/node/repair-commands.ts';
import { describePointOfNoReturn, type PointOfNoReturn } from '../domain/run/point-of-no-return.ts';

/** Programs match on the code; the message is for people: what happened, why, what to do. */
export type DecommissionErrorCode =
  | 'InvalidRequest'
  | 'DifferentRequest'
  | 'NotFound'
  | 'NoWorker'
  | 'NoReport'
  | 'MessageRefused'
  | 'CannotCancel'
  | 'ServerUnreachable';

/** Base of the errors that the client throws. Business outcomes (`Refused`, `RolledBack`, `Cancelled`) are reports, not errors. */
export class DecommissionError extends Error {
  override readonly name: string = 'DecommissionError';
  readonly code: DecommissionErrorCode;

  constructor(code: DecommissionErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** The request is invalid; nothing was started. */
export class InvalidRequestError extends DecommissionError {
  override readonly name = 'InvalidRequestError';

  constructor(message: string) {
    super('InvalidRequest', message);
  }
}

/** A decommission with that task id is already running with another request. */
export class DifferentRequestError extends DecommissionError {
  override readonly name = 'DifferentRequestError';
  readonly workflowId: string;

  constructor(workflowId: string) {
    super(
      'DifferentRequest',
      `${workflowId} is already running with another request, so nothing was started. ` +
        'Send the same request again to attach to it, cancel it first, or choose another taskId.',
    );
    this.workflowId = workflowId;
  }
}

/** The Temporal namespace has no such decommission. */
export class DecommissionNotFoundError extends DecommissionError {
  override readonly name = 'DecommissionNotFoundError';

  constructor(workflowId: string, namespace: string) {
    super(
      'NotFound',
      `no decommission ${workflowId} found in Temporal namespace ${namespace}. ` +
        'Check the id with `list`; closed decommissions are deleted after the retention period of the namespace.',
    );
  }
}

/** A query or update needs a worker, and none responded. The decommission itself is durable and continues when a worker is back. */
export class NoWorkerError extends DecommissionError {
  override readonly name = 'NoWorkerError';
  /** Workers poll, but none is of the version that the run needs: it stands still until an operator acts as the message describes. */
  readonly lacksVersion: boolean;

  constructor(message: string, lacksVersion = false) {
    super('NoWorker', message);
    this.lacksVersion = lacksVersion;
  }
}

/** The workflow closed without a report: terminated, timed out, or ended before our code ran. */
export class NoReportError extends DecommissionError {
  override readonly name = 'NoReportError';

  constructor(workflowId: string, how: string) {
    super(
      'NoReport',
      `no report of ${workflowId}: it ${how}. Its cordons, locks, annotations, budgets and second replicas may still be in the cluster. ` +
        `To list them, run \`${toJanitorCommand(workflowId)}\`; to undo them, add \`--undo\`. ` +
        'To continue with these nodes instead, run the same request again.',
    );
  }
}

/** Every node that is left is past its point of no return: nothing can be undone, and the decommission continues. */
export class CannotCancelError extends DecommissionError {
  override readonly name = 'CannotCancelError';
  /** What cannot be undone; at least one. */
  readonly passed: readonly PointOfNoReturn[];

  /** @param wasSent the point of no return was passed while the cancellation was sent */
  constructor(workflowId: string, passed: readonly PointOfNoReturn[], wasSent: boolean) {
    super(
      'CannotCancel',
      `${workflowId} cannot be cancelled: ${passed.map(describePointOfNoReturn).join('; ')}, which cannot be undone. ` +
        `${wasSent ? 'The cancellation was sent at that moment and has no effect' : 'Nothing was sent'}; the decommission continues to its end. ` +
        'If `status` shows that it is waiting for an operator, fix the cause and `resume` it.',
    );
    this.passed = passed;
  }
}

/** Programs match on the code; the message is one sentence for people: what happened, why, what to do. */
export type DecommissionErrorCode =
  'InvalidRequest' | 'DifferentRequest' | 'NotFound' | 'NoWorker' | 'NoReport' | 'MessageRefused' | 'ServerUnreachable';

/** Every error that the client throws on purpose. Business outcomes (refused, rolled back, cancelled) are reports, not errors. */
export class DecommissionError extends Error {
  override readonly name: string = 'DecommissionError';
  readonly code: DecommissionErrorCode;

  constructor(code: DecommissionErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** The request was refused before anything was started. */
export class InvalidRequestError extends DecommissionError {
  override readonly name = 'InvalidRequestError';

  constructor(message: string) {
    super('InvalidRequest', message);
  }
}

/** A decommission of that task id runs already, with another request. */
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

/** There is no such decommission on that server and namespace. */
export class DecommissionNotFoundError extends DecommissionError {
  override readonly name = 'DecommissionNotFoundError';

  constructor(workflowId: string, namespace: string) {
    super(
      'NotFound',
      `there is no decommission ${workflowId} in the Temporal namespace ${namespace}: ` +
        'check the id with `list`; closed ones are forgotten after the namespace retention.',
    );
  }
}

/** A live answer needs a worker, and none gave one. The decommission itself is durable and goes on when one is back. */
export class NoWorkerError extends DecommissionError {
  override readonly name = 'NoWorkerError';

  constructor(message: string) {
    super('NoWorker', message);
  }
}

/** The workflow was closed without a report: terminated, timed out, or ended before our code ran. */
export class NoReportError extends DecommissionError {
  override readonly name = 'NoReportError';

  constructor(workflowId: string, how: string) {
    super(
      'NoReport',
      `there is no report of ${workflowId}: it ${how}. It is not known whether everything was put back: ` +
        'look at its history and at its nodes (cordon, annotations), and run the same request again to take them up.',
    );
  }
}

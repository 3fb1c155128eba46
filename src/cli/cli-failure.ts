import { DecommissionError, type DecommissionErrorCode } from '../client/decommission-error.ts';
import { DecommissionFailure, FailureType } from '../domain/run/failures.ts';
import { isClusterFailure } from '../ports/cluster-failure.ts';

/** 0 to 4 by outcome; 130 when interrupted by a signal. Scripts rely on them. */
export type ExitStatus = 0 | 1 | 2 | 3 | 4 | 130;

/** Ends the command: a message for people, a code for programs, and the exit status. */
export class CliFailure extends Error {
  override readonly name = 'CliFailure';
  readonly code: string;
  readonly exitStatus: ExitStatus;

  constructor(code: string, message: string, exitStatus: ExitStatus) {
    super(message);
    this.code = code;
    this.exitStatus = exitStatus;
  }
}

/** The command line, or a file that it names, is wrong: exit status 2. */
export const toUsageFailure = (message: string): CliFailure => new CliFailure('Usage', message, 2);

const EXIT_STATUS_OF_CODE: Readonly<Record<DecommissionErrorCode, ExitStatus>> = {
  InvalidRequest: 2,
  DifferentRequest: 2,
  NotFound: 1,
  NoWorker: 1,
  NoReport: 4,
  MessageRefused: 1,
  CannotCancel: 4,
  ServerUnreachable: 1,
};

/** Errors with a message of ours, by name: their modules would load parts that short commands do not need. */
const EXIT_STATUS_OF_NAME: ReadonlyMap<string, ExitStatus> = new Map([
  ['ConfigurationError', 2],
  ['TemporalAccessDenied', 1],
]);

/** Maps any error to the failure that ends the command. An unexpected error keeps its message and is marked as unexpected. */
export const toCliFailure = (error: unknown): CliFailure => {
  if (error instanceof CliFailure) return error;
  if (error instanceof DecommissionError) {
    return new CliFailure(error.code, error.message, EXIT_STATUS_OF_CODE[error.code]);
  }
  if (isClusterFailure(error)) return new CliFailure(error.reason, error.message, 1);
  if (error instanceof DecommissionFailure) {
    return new CliFailure(error.type, error.message, error.type === FailureType.InvalidInput ? 2 : 1);
  }
  const name = error instanceof Error ? error.name : 'Error';
  const message = error instanceof Error ? error.message : String(error);
  const exitStatus = EXIT_STATUS_OF_NAME.get(name);
  if (exitStatus !== undefined) return new CliFailure(name, message, exitStatus);
  if (name === 'ServiceError') {
    return new CliFailure(
      name,
      `a call to the Temporal server failed: ${joinCause(message, error)}; run \`doctor\` to check the server.`,
      1,
    );
  }
  return new CliFailure(name, `unexpected error: ${message}`, 1);
};

/** `Failed to start Workflow (Request unauthorized.)`: the SDK puts the server's own sentence into the cause. */
const joinCause = (message: string, error: unknown): string => {
  const { details } = ((error as Error).cause ?? {}) as { readonly details?: unknown };
  return typeof details === 'string' && details !== '' ? `${message} (${details})` : message;
};

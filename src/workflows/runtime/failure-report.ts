import {
  ActivityFailure,
  ApplicationFailure,
  CancellationScope,
  ChildWorkflowFailure,
  isCancellation,
  TemporalFailure,
  TimeoutFailure,
} from '@temporalio/workflow';
import { RetryState } from '@temporalio/common';
import type { FailureType } from '../../domain/run/failures.ts';
import type { FailureReport } from '../../domain/run/report.ts';

/**
 * Call it before an error becomes an outcome. Every failure of the world arrives as a `TemporalFailure`; anything else is a defect of this code,
 * e.g. an activity result that it cannot read. Thrown on, it fails the workflow task, which Temporal repeats until a worker with a fix
 * arrives; the run stays as it is, and nothing is undone for it.
 *
 * @throws the error itself: it is a defect.
 */
export const throwDefect = (error: unknown): void => {
  if (!(error instanceof TemporalFailure)) throw error;
};

/**
 * Type and message of the failure that ended a step. A cancellation has the type `Cancelled`.
 * @throws the error itself: see `throwDefect`.
 */
export const toFailureReport = (error: unknown): FailureReport => {
  throwDefect(error);
  if (isCancellation(error)) return { type: 'Cancelled', message: 'cancelled' };
  const cause = toRootCause(error);
  if (cause instanceof ApplicationFailure) return { type: cause.type ?? 'Defect', message: cause.message };
  const message = cause instanceof Error ? cause.message : String(cause);
  return { type: cause instanceof Error ? cause.name : 'Defect', message };
};

/** True when the root cause is of one of these types. */
export const isFailureOfType = (error: unknown, ...types: readonly FailureType[]): boolean => {
  const cause = toRootCause(error);
  return cause instanceof ApplicationFailure && (types as readonly string[]).includes(cause.type ?? '');
};

/**
 * True for an activity that ended because it was cancelled: also when its running attempt failed instead, as at a worker's shutdown. The
 * server then does not retry, and returns that failure.
 */
export const isCancelledOnRequest = (error: unknown): boolean =>
  isCancellation(error) || (error instanceof ActivityFailure && error.retryState === RetryState.CANCEL_REQUESTED);

/**
 * True when the run ended by cancellation: also when the running attempt of a cancelled activity failed instead; the server then does not
 * retry, and returns that failure. Call it in the cancelled scope, not in a non-cancellable one.
 */
export const isCancelledEnd = (error: unknown): boolean =>
  isCancellation(error) || CancellationScope.current().consideredCancelled;

/** Details of the last heartbeat of an activity that timed out, e.g. after the loss of its worker; undefined for any other failure. */
export const readLastHeartbeat = (error: unknown): unknown => {
  if (error instanceof TimeoutFailure) return error.lastHeartbeatDetails;
  return error instanceof ActivityFailure ? readLastHeartbeat(error.cause) : undefined;
};

const toRootCause = (error: unknown): unknown => {
  const wraps =
    error instanceof ActivityFailure || error instanceof ChildWorkflowFailure || error instanceof TimeoutFailure;
  return wraps && error.cause !== undefined ? toRootCause(error.cause) : error;
};

import {
  ActivityFailure,
  ApplicationFailure,
  CancellationScope,
  ChildWorkflowFailure,
  isCancellation,
  TimeoutFailure,
} from '@temporalio/workflow';
import { RetryState } from '@temporalio/common';
import type { FailureType } from '../../domain/run/failures.ts';
import type { FailureReport } from '../../domain/run/report.ts';

/** Type and sentence of what ended a step. A cancellation reads as `Cancelled`; what is not ours reads as `Defect`. */
export const toFailureReport = (error: unknown): FailureReport => {
  if (isCancellation(error)) return { type: 'Cancelled', message: 'cancelled' };
  const cause = toRootCause(error);
  if (cause instanceof ApplicationFailure) return { type: cause.type ?? 'Defect', message: cause.message };
  const message = cause instanceof Error ? cause.message : String(cause);
  return { type: cause instanceof Error ? cause.name : 'Defect', message };
};

/** True when the failure underneath is of one of these types. */
export const isFailureOfType = (error: unknown, ...types: readonly FailureType[]): boolean => {
  const cause = toRootCause(error);
  return cause instanceof ApplicationFailure && (types as readonly string[]).includes(cause.type ?? '');
};

/**
 * True for what ended because it was asked to: also when the attempt that was under way then failed by itself, as at a worker's shutdown.
 * The server does not try again then, and hands that failure out.
 */
export const isRecall = (error: unknown): boolean =>
  isCancellation(error) || (error instanceof ActivityFailure && error.retryState === RetryState.CANCEL_REQUESTED);

/**
 * True when the end is a cancel: also when the cancel came while an activity's attempt was under way, which then failed by itself; the
 * server does not try again then and hands that failure out. Ask in the scope that was cancelled, not in one that cannot be.
 */
export const isCancelledEnd = (error: unknown): boolean =>
  isCancellation(error) || CancellationScope.current().consideredCancelled;

/** Details of the last heartbeat of an activity that was lost with its worker; undefined for any other end. */
export const readLastHeartbeat = (error: unknown): unknown => {
  if (error instanceof TimeoutFailure) return error.lastHeartbeatDetails;
  return error instanceof ActivityFailure ? readLastHeartbeat(error.cause) : undefined;
};

const toRootCause = (error: unknown): unknown => {
  const wraps =
    error instanceof ActivityFailure || error instanceof ChildWorkflowFailure || error instanceof TimeoutFailure;
  return wraps && error.cause !== undefined ? toRootCause(error.cause) : error;
};

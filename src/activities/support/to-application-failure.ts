import { ApplicationFailure, CancelledFailure, TemporalFailure } from '@temporalio/common';
import { DecommissionFailure, FailureType } from '../../domain/run/failures.ts';
import { isClusterFailure, type ClusterFailure } from '../../ports/cluster-failure.ts';
import { isHostFailure } from '../../ports/host-failure.ts';

/**
 * The one place where our failures become Temporal's. Type and sentence are kept; a client's own error never is, since it may hold
 * headers and bodies. Throws what it is given back unchanged when that already is a Temporal failure.
 */
export const toApplicationFailure = (error: unknown): TemporalFailure => {
  if (error instanceof TemporalFailure) return error;
  if (error instanceof Error && error.name === 'AbortError') return new CancelledFailure('cancelled');
  if (error instanceof DecommissionFailure || isHostFailure(error)) {
    return ApplicationFailure.create({ type: error.type, message: error.message, nonRetryable: !error.retryable });
  }
  if (isClusterFailure(error)) return toFailureOfCluster(error);
  // Not foreseen, so a defect of ours: the message may quote anything, only the kind of error is safe to record.
  const kind = error instanceof Error ? error.name : typeof error;
  return ApplicationFailure.create({
    type: 'Defect',
    message: `unexpected ${kind} in an activity; see the worker's log`,
  });
};

const toFailureOfCluster = (failure: ClusterFailure): ApplicationFailure => {
  const forbidden = failure.reason === 'Forbidden' || failure.reason === 'Unauthorized';
  return ApplicationFailure.create({
    type: forbidden ? FailureType.Forbidden : FailureType.ClusterUnavailable,
    message: failure.message,
    nonRetryable: !failure.retryable,
    ...(failure.retryAfterSeconds === undefined ? {} : { nextRetryDelay: failure.retryAfterSeconds * 1000 }),
  });
};

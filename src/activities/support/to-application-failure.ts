import { ApplicationFailure, CancelledFailure, TemporalFailure } from '@temporalio/common';
import { DecommissionFailure, FailureType } from '../../domain/run/failures.ts';
import { isClusterFailure, type ClusterFailure } from '../../ports/cluster-failure.ts';
import { isHostFailure } from '../../ports/host-failure.ts';

/**
 * The one place that converts this project's failures to Temporal's. Type and message are kept; a client library's error never is, since it
 * may contain headers and bodies. Returns a Temporal failure unchanged.
 */
export const toApplicationFailure = (error: unknown): TemporalFailure => {
  if (error instanceof TemporalFailure) return error;
  if (error instanceof Error && error.name === 'AbortError') return new CancelledFailure('cancelled');
  if (error instanceof DecommissionFailure || isHostFailure(error)) {
    return ApplicationFailure.create({ type: error.type, message: error.message, nonRetryable: !error.retryable });
  }
  if (isClusterFailure(error)) return toFailureOfCluster(error);
  // Unexpected, so a defect: the message may quote anything; only the class of the error is safe to record.
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

import { ApplicationFailure, workflowInfo } from '@temporalio/workflow';
import { FailureType } from '../../domain/run/failures.ts';
import { DECOMMISSION_NODE, DECOMMISSION_NODES } from '../messages.ts';

/**
 * Handles every unknown workflow type: without it, such a workflow would retry its first task forever.
 *
 * @throws ApplicationFailure `InvalidInput`, not retryable
 */
export const refuseUnknownType = (): Promise<never> => {
  const { workflowType } = workflowInfo();
  throw ApplicationFailure.nonRetryable(
    `this worker has no workflow type "${workflowType.slice(0, 100)}"; start ${DECOMMISSION_NODES} or ${DECOMMISSION_NODE}`,
    FailureType.InvalidInput,
  );
};

import { isGrpcServiceError, type WorkflowClientInterceptor } from '@temporalio/client';

import { awaitCondition } from '../../../stack/processes/await-condition.ts';

/**
 * gRPC status codes CANCELLED, DEADLINE_EXCEEDED and FAILED_PRECONDITION: a worker that shares two processors with thirty others answers too
 * late, or its workflow task has just timed out. The client itself repeats only what a server is too busy for.
 */
const TRANSIENT: readonly number[] = [1, 4, 9];

/** Repeats a query that no worker could answer in time; any other error ends it at once. */
export const queryPatiently: NonNullable<WorkflowClientInterceptor['query']> = async (input, next) => {
  let answer: { readonly value: unknown } | undefined;
  await awaitCondition(
    `the query ${input.queryType} of ${input.workflowExecution.workflowId} is answered`,
    async () => {
      try {
        answer = { value: await next(input) };
        return true;
      } catch (error) {
        if (!isTransient(error)) throw error;
        return false;
      }
    },
    { timeoutMilliseconds: 60_000 },
  );
  return answer?.value;
};

/** No worker answered the query in time. */
export const isTransient = (error: unknown): boolean => {
  const cause = error instanceof Error ? error.cause : undefined;
  return isGrpcServiceError(cause) && TRANSIENT.includes(cause.code);
};

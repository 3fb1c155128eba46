import { DecommissionFailure, FailureType } from '../../domain/run/failures.ts';
import { parseRequest, toInvalidInputMessage } from '../../domain/request/parse-request.ts';
import type { DecommissionRequest } from '../../domain/request/decommission-request.ts';

/** A request in its canonical form. */
export interface CheckedRequest {
  readonly request: DecommissionRequest;
  readonly fingerprint: string;
}

/**
 * Validates the raw input of a workflow. Needs no cluster, so any worker can do it. `oneNodeOnly`: `decommissionNode` without a task takes
 * one node.
 *
 * @throws DecommissionFailure `InvalidInput`, not retryable: the request is invalid.
 */
export const checkRequest = async (input: unknown, oneNodeOnly: boolean): Promise<CheckedRequest> => {
  const parsed = parseRequest(input);
  if (parsed.kind === 'invalid') {
    throw new DecommissionFailure(FailureType.InvalidInput, toInvalidInputMessage(parsed.problems));
  }
  const { request, fingerprint } = parsed;
  if (oneNodeOnly && request.nodeNames.length !== 1) {
    throw new DecommissionFailure(
      FailureType.InvalidInput,
      `decommissionNode takes exactly one node name, not ${request.nodeNames.length}. To decommission several nodes, start decommissionNodes.`,
    );
  }
  return await Promise.resolve({ request, fingerprint });
};

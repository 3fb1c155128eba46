import type { Client } from '@temporalio/client';
import { decodeArrayFromPayloads } from '@temporalio/common/lib/internal-non-workflow/index.js';
import { parseRequest } from '../domain/request/parse-request.ts';

/**
 * Fingerprint of the request that a workflow was started with, from the first event of its history: one started without this client has
 * no memo. Undefined when that input is not a valid request.
 */
export const readFingerprintOfInput = async (
  client: Client,
  workflowId: string,
  runId: string,
): Promise<string | undefined> => {
  const { history } = await client.workflowService.getWorkflowExecutionHistory({
    namespace: client.options.namespace,
    execution: { workflowId, runId },
    maximumPageSize: 1,
  });
  const attributes = history?.events?.[0]?.workflowExecutionStartedEventAttributes;
  const [input] = await decodeArrayFromPayloads(client.options.loadedDataConverter, attributes?.input?.payloads);
  const parsed = parseRequest(input);
  return parsed.kind === 'valid' ? parsed.fingerprint : undefined;
};

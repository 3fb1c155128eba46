import { toUsageFailure } from '../cli-failure.ts';
import type { CliContext } from '../cli-context.ts';
import { parseRequest, toInvalidInputMessage } from '../../domain/request/parse-request.ts';
import type { DecommissionRequest } from '../../domain/request/decommission-request.ts';
import { readDefaultRequester } from './default-requester.ts';
import { readRequestFile } from './read-request-file.ts';
import { toRequestObject } from './request-flags.ts';

export interface RequestOptions extends Readonly<Record<string, unknown>> {
  readonly file?: string;
  readonly by?: string;
}

export interface GivenRequest {
  /** As a client sends it. */
  readonly input: Readonly<Record<string, unknown>>;
  /** Parsed. */
  readonly request: DecommissionRequest;
}

/**
 * The request of a command line, checked before anything is started.
 *
 * @throws CliFailure `Usage`: lists every problem of the request.
 */
export const readGivenRequest = async (
  nodeNames: readonly string[],
  options: RequestOptions,
  context: CliContext,
): Promise<GivenRequest> => {
  const file = options.file === undefined ? undefined : await readRequestFile(options.file, context.stdin);
  const object = toRequestObject(nodeNames, options, file);
  const named = 'requestedBy' in object || 'requested_by' in object;
  const input = named ? object : { ...object, requestedBy: options.by ?? readDefaultRequester(context.environment) };
  const parsed = parseRequest(input);
  if (parsed.kind === 'invalid') throw toUsageFailure(toInvalidInputMessage(parsed.problems));
  return { input, request: parsed.request };
};

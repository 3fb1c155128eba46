import { toUsageFailure } from '../cli-failure.ts';
import type { CliContext } from '../cli-context.ts';
import { parseRequest, toInvalidInputMessage } from '../../domain/request/parse-request.ts';
import type { DecommissionRequest } from '../../domain/request/decommission-request.ts';
import { readDefaultRequester } from './default-requester.ts';
import { readRequestFile } from './read-request-file.ts';
import { toRequestObject } from './request-flags.ts';
import { readSavedPlan } from './saved-plan.ts';

export interface RequestOptions extends Readonly<Record<string, unknown>> {
  readonly file?: string;
  /** A file that `plan --out` wrote. */
  readonly plan?: string;
  readonly by?: string;
}

export interface GivenRequest {
  /** As a client sends it. */
  readonly input: Readonly<Record<string, unknown>>;
  /** Parsed. */
  readonly request: DecommissionRequest;
}

/** A request that is held to a plan is the plan's own: a flag that changes it would need another plan. */
const readRequestObject = async (
  nodeNames: readonly string[],
  options: RequestOptions,
  context: CliContext,
): Promise<Record<string, unknown>> => {
  const file = options.file === undefined ? undefined : await readRequestFile(options.file, context.stdin);
  const object = toRequestObject(nodeNames, options, file);
  if (options.plan === undefined) return object;
  const [given] = options.file === undefined ? Object.keys(object) : ['file'];
  if (given !== undefined) {
    throw toUsageFailure(
      `--plan runs the request of the plan, so ${given === 'nodeNames' ? 'node names' : given} cannot be given beside it: make another plan.`,
    );
  }
  return await readSavedPlan(options.plan, context.stdin);
};

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
  const object = await readRequestObject(nodeNames, options, context);
  const named = 'requestedBy' in object || 'requested_by' in object;
  const input = named ? object : { ...object, requestedBy: options.by ?? readDefaultRequester(context.environment) };
  const parsed = parseRequest(input);
  if (parsed.kind === 'invalid') throw toUsageFailure(toInvalidInputMessage(parsed.problems));
  return { input, request: parsed.request };
};

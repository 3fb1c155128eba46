import { toUsageFailure } from '../cli-failure.ts';
import type { CliContext } from '../cli-context.ts';
import { parseRequest, toInvalidInputMessage } from '../../domain/request/parse-request.ts';
import type { DecommissionRequestInput } from '../../domain/request/schema/request-input.ts';
import type { DecommissionRequest } from '../../domain/request/decommission-request.ts';
import { readDefaultRequester } from './default-requester.ts';
import type { ClusterOptions } from '../cluster-options.ts';
import { DEFAULT_CLUSTER } from '../../domain/run/workflow-ids.ts';
import { toCanonicalKey } from '../../domain/request/keys.ts';
import { readClusterName } from '../../domain/request/read-cluster-name.ts';
import { readGivenNames } from './given-names.ts';
import { readRequestFile } from './read-request-file.ts';
import { selectNodes } from './select-nodes.ts';
import { toRequestObject } from './request-flags.ts';
import { readSavedPlan } from './saved-plan.ts';

export interface RequestOptions extends ClusterOptions, Readonly<Record<string, unknown>> {
  readonly file?: string;
  /** Of the labels of nodes, as for kubectl. */
  readonly selector?: string;
  /** A file that `plan --out` wrote. */
  readonly plan?: string;
  readonly by?: string;
}

export interface GivenRequest {
  /** As a client sends it. */
  readonly input: DecommissionRequestInput;
  /** Parsed. */
  readonly request: DecommissionRequest;
}

/** A request that is held to a plan is the plan's own: a flag that changes it would need another plan. */
const readRequestObject = async (
  words: readonly string[],
  options: RequestOptions,
  context: CliContext,
): Promise<Record<string, unknown>> => {
  const nodeNames = await readGivenNames(words, context.stdin, [options.file, options.plan]);
  if (options.selector !== undefined && (nodeNames.length > 0 || options.plan !== undefined)) {
    throw toUsageFailure('--selector selects the nodes: it cannot be combined with node names or --plan.');
  }
  const file = options.file === undefined ? undefined : await readRequestFile(options.file, context.stdin);
  const object = toRequestObject(nodeNames, options, file);
  if (options.selector !== undefined) return await withSelected(object, options.selector, options, context);
  if (options.plan === undefined) return object;
  const [given] = options.file === undefined ? Object.keys(object) : ['file'];
  if (given !== undefined) {
    throw toUsageFailure(
      `--plan runs the request of the plan, so ${given === 'nodeNames' ? 'node names' : given} cannot be given beside it: make another plan.`,
    );
  }
  return await readSavedPlan(options.plan, context.stdin);
};

/** The selected nodes replace those of the file, as node names of the command line do. */
const withSelected = async (
  object: Readonly<Record<string, unknown>>,
  selector: string,
  options: ClusterOptions,
  context: CliContext,
): Promise<Record<string, unknown>> => {
  const others = Object.entries(object).filter(([key]) => toCanonicalKey(key) !== 'nodeNames');
  const given = others.find(([key]) => toCanonicalKey(key) === 'cluster')?.[1];
  const name = readClusterName(given ?? DEFAULT_CLUSTER);
  if (!name.ok) throw toUsageFailure(`\`cluster\` ${name.complaint}.`);
  const nodeNames = await selectNodes(selector, name.value, options, context);
  return { ...Object.fromEntries(others), nodeNames };
};

/**
 * The request of a command line, checked before anything is started.
 *
 * @throws CliFailure `Usage`: lists every problem of the request.
 * @throws ClusterFailure the nodes that `--selector` selects cannot be read.
 */
export const readGivenRequest = async (
  words: readonly string[],
  options: RequestOptions,
  context: CliContext,
): Promise<GivenRequest> => {
  const object = await readRequestObject(words, options, context);
  const named = 'requestedBy' in object || 'requested_by' in object;
  const input = named ? object : { ...object, requestedBy: options.by ?? readDefaultRequester(context.environment) };
  const parsed = parseRequest(input);
  if (parsed.kind === 'invalid') throw toUsageFailure(toInvalidInputMessage(parsed.problems));
  // Valid, but possibly with the spellings of older clients.
  return { input: input as unknown as DecommissionRequestInput, request: parsed.request };
};

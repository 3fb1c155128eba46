import { randomUUID } from 'node:crypto';
import type { Client, WorkflowStartOptions } from '@temporalio/client';
import { decodeArrayFromPayloads } from '@temporalio/common/lib/internal-non-workflow/index.js';
import { TASK_QUEUE, toDryRunWorkflowId, toTaskWorkflowId } from '../../domain/run/workflow-ids.ts';
import { parseRequest, toInvalidInputMessage } from '../../domain/request/parse-request.ts';
import { toTaskId } from '../../domain/request/task-id.ts';
import { DECOMMISSION_NODES } from '../../workflows/messages.ts';
import { DifferentRequestError, InvalidRequestError } from '../decommission-error.ts';
import type { DecommissionHandle } from '../decommission-handle.ts';
import { readDescription } from '../read-status.ts';
import { createTemporalHandle } from '../temporal-handle.ts';
import { toNodeNamesLine, toRequestInput, toStaticSummary } from './request-input.ts';
import { judgeStart, toStartMemo, type StartMark } from './start-memo.ts';

/** What is not part of the request. */
export interface StartOptions {
  /** Who requests it; used as `requestedBy` when the request has none. */
  readonly by?: string;
}

/** A valid request, ready to be sent. */
export interface StartOrder {
  readonly workflowId: string;
  readonly mark: StartMark;
  readonly options: WorkflowStartOptions & { readonly workflowIdConflictPolicy: 'USE_EXISTING' };
}

/**
 * Starts the decommission that the request describes, or attaches to the running one with the same task id.
 * @throws InvalidRequestError: the request is invalid; nothing is started.
 * @throws DifferentRequestError: the running one has another request.
 */
export const startDecommission = async (
  client: Client,
  requestInput: unknown,
  options: StartOptions = {},
): Promise<DecommissionHandle> => await sendStart(client, toStartOrder(requestInput, options));

/** @throws InvalidRequestError: the request is invalid. */
export const toStartOrder = (requestInput: unknown, { by }: StartOptions): StartOrder => {
  const parsed = parseRequest(withRequester(requestInput, by));
  if (parsed.kind === 'invalid') throw new InvalidRequestError(toInvalidInputMessage(parsed.problems));
  const { request, fingerprint } = parsed;
  const toWorkflowId = request.dryRun ? toDryRunWorkflowId : toTaskWorkflowId;
  const workflowId = toWorkflowId(request.cluster, request.taskId);
  const mark = { token: randomUUID(), fingerprint };
  return {
    workflowId,
    mark,
    options: {
      taskQueue: TASK_QUEUE,
      workflowId,
      args: [toRequestInput(request)],
      workflowIdConflictPolicy: 'USE_EXISTING',
      memo: toStartMemo(mark, toNodeNamesLine(request.nodeNames)),
      staticSummary: toStaticSummary(request),
    },
  };
};

/** @throws DifferentRequestError: a run with another request exists. */
export const sendStart = async (client: Client, order: StartOrder): Promise<DecommissionHandle> => {
  const { firstExecutionRunId } = await client.workflow.start(DECOMMISSION_NODES, order.options);
  return await toJudgedHandle(client, order, firstExecutionRunId);
};

/**
 * A handle to the run that the server has for this order: started by it, or there before.
 * @throws DifferentRequestError: it has another request.
 */
export const toJudgedHandle = async (
  client: Client,
  { workflowId, mark }: Pick<StartOrder, 'workflowId' | 'mark'>,
  runId: string,
): Promise<DecommissionHandle> => {
  const { memo = {} } = await client.workflow.getHandle(workflowId, runId).describe();
  let judgement = judgeStart(memo, mark);
  if (judgement === 'different') {
    judgement = judgeStart(memo, mark, await readFingerprintOfInput(client, workflowId, runId));
  }
  if (judgement === 'different') throw new DifferentRequestError(workflowId);
  return createTemporalHandle(client, { workflowId, runId, attached: judgement === 'attached' });
};

/**
 * A handle to the newest run of that id; a task id may be given as written in the request.
 * @throws DecommissionNotFoundError: the namespace has no such workflow.
 */
export const attachToDecommission = async (
  client: Client,
  target: string | { readonly cluster: string; readonly taskId: string },
): Promise<DecommissionHandle> => {
  const workflowId = typeof target === 'string' ? target : toTaskWorkflowId(target.cluster, toTaskId(target.taskId));
  const { runId } = await readDescription(client, workflowId);
  return createTemporalHandle(client, { workflowId, runId, attached: true });
};

const withRequester = (input: unknown, by: string | undefined): unknown => {
  if (by === undefined || typeof input !== 'object' || input === null || Array.isArray(input)) return input;
  return 'requestedBy' in input || 'requested_by' in input ? input : { ...input, requestedBy: by };
};

/**
 * Fingerprint of the request that a workflow was started with, from the first event of its history: one started without this client has
 * no memo. Undefined when that input is not a valid request.
 */
const readFingerprintOfInput = async (
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

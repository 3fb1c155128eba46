import { isGrpcServiceError, WithStartWorkflowOperation, WorkflowNotFoundError } from '@temporalio/client';
import type { Client, WorkflowUpdateHandle } from '@temporalio/client';
import type { PreflightVerdict } from '../../domain/plan/preflight-verdict.ts';
import { awaitVerdictUpdate, DECOMMISSION_NODES } from '../../workflows/messages.ts';
import { NoWorkerError } from '../decommission-error.ts';
import type { DecommissionHandle } from '../decommission-handle.ts';
import { callWorker } from '../worker-presence.ts';
import { ACCEPTANCE_MILLISECONDS, awaitVerdict, type VerdictAnswer, type VerdictWait } from './await-verdict.ts';
import { sendStart, toJudgedHandle, toStartOrder, type StartOptions, type StartOrder } from './start-decommission.ts';
import { MEMO_START_TOKEN } from './start-memo.ts';

/** gRPC status codes PERMISSION_DENIED and UNIMPLEMENTED: this server does not offer update-with-start. */
const NOT_OFFERED: readonly number[] = [7, 12];

/** How a start waits for the verdict of preflight. */
export interface VerdictOptions extends StartOptions, VerdictWait {
  /** Called, and awaited, once the decommission is started or found, before the wait for the verdict. */
  readonly onStarted?: (handle: DecommissionHandle) => Promise<void> | void;
}

/** A decommission that was started or found, and what its preflight decided. */
export interface StartedDecommission extends VerdictAnswer {
  readonly handle: DecommissionHandle;
}

/**
 * Starts the decommission, or attaches to it, and waits for the verdict of its preflight: with a single call of update-with-start where
 * nothing runs yet. One that runs gets an update with a fixed id: however often a client asks, its history grows once.
 * @throws InvalidRequestError: the request is invalid; nothing is started, or the workers have refused it.
 * @throws DifferentRequestError: the running one has another request.
 */
export const startAndAwaitVerdict = async (
  client: Client,
  requestInput: unknown,
  options: VerdictOptions = {},
): Promise<StartedDecommission> => {
  const order = toStartOrder(requestInput, options);
  const { update, obstacle } = (await isRunning(client, order.workflowId)) ? {} : await sendTogether(client, order);
  const handle =
    update?.workflowRunId === undefined
      ? await sendOnce(client, order)
      : await toJudgedHandle(client, order, update.workflowRunId);
  await options.onStarted?.(handle);
  if (obstacle !== undefined) return { handle, obstacle };
  return { handle, ...(await awaitVerdict(client, order.workflowId, update, options)) };
};

interface SentTogether {
  /** Accepted by a worker; absent: it has to be sent by itself. */
  readonly update?: WorkflowUpdateHandle<PreflightVerdict>;
  /** Why no worker has accepted it. The start may have been carried out nevertheless. */
  readonly obstacle?: string;
}

/** Not under a fixed id: the server would answer for a closed run of the same workflow, and start nothing. */
const sendTogether = async (client: Client, { options, mark }: StartOrder): Promise<SentTogether> => {
  const startWorkflowOperation = new WithStartWorkflowOperation(DECOMMISSION_NODES, options);
  const call = (): Promise<WorkflowUpdateHandle<PreflightVerdict>> =>
    client.workflow.startUpdateWithStart(awaitVerdictUpdate, {
      startWorkflowOperation,
      updateId: mark.token,
      waitForStage: 'ACCEPTED',
    });
  try {
    return { update: await callWorker(client, undefined, call, ACCEPTANCE_MILLISECONDS) };
  } catch (error) {
    if (error instanceof NoWorkerError) return { obstacle: error.message };
    if (isNotOffered(error)) return {};
    throw error;
  }
};

/** Without a second run when the server has carried out the start already, and that run is closed by now. */
const sendOnce = async (client: Client, order: StartOrder): Promise<DecommissionHandle> => {
  const newest = await describeNewest(client, order.workflowId);
  return newest?.memo?.[MEMO_START_TOKEN] === order.mark.token
    ? await toJudgedHandle(client, order, newest.runId)
    : await sendStart(client, order);
};

const isRunning = async (client: Client, workflowId: string): Promise<boolean> =>
  (await describeNewest(client, workflowId))?.status.name === 'RUNNING';

const describeNewest = async (client: Client, workflowId: string) => {
  try {
    return await client.workflow.getHandle(workflowId).describe();
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined;
    throw error;
  }
};

const isNotOffered = (error: unknown): boolean => {
  const cause = error instanceof Error ? error.cause : undefined;
  return isGrpcServiceError(cause) && NOT_OFFERED.includes(cause.code);
};

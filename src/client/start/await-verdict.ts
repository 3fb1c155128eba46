import {
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import type { Client, WorkflowUpdateHandle } from '@temporalio/client';
import type { PreflightVerdict } from '../../domain/plan/preflight-verdict.ts';
import { FailureType } from '../../domain/run/failures.ts';
import { withoutFullStop } from '../../domain/text/join-sentences.ts';
import { awaitVerdictUpdate } from '../../workflows/messages.ts';
import { InvalidRequestError, NoWorkerError } from '../decommission-error.ts';
import { readDescription } from '../read-status.ts';
import { callWorker } from '../worker-presence.ts';

/** A worker accepts the update as soon as it runs the workflow. */
export const ACCEPTANCE_MILLISECONDS = 20_000;
const DEFAULT_TIMEOUT_SECONDS = 300;
const INTERRUPTED = 'the wait was interrupted; the decommission continues.';
/** Of a run's update from all clients that attach to it. */
const UPDATE_ID = 'verdict';

/** Bounds of the wait for a verdict. */
export interface VerdictWait {
  /** Once a worker has accepted the request; default 300. A large cluster, or one that does not respond, takes longer than a minute. */
  readonly timeoutSeconds?: number;
  /** Ends the wait; the decommission continues. */
  readonly signal?: AbortSignal;
}

/** Either the verdict, or why there is none yet. */
export interface VerdictAnswer {
  readonly verdict?: PreflightVerdict;
  /** Why there is no verdict, with the remedy: no worker responds, preflight is not finished in time, or the run has ended. */
  readonly obstacle?: string;
}

/**
 * Waits for the verdict of a run. `accepted`: an update that a worker has accepted; undefined: one is sent.
 * @throws InvalidRequestError: the workers refuse the request, e.g. of a client that knows more keys.
 */
export const awaitVerdict = async (
  client: Client,
  workflowId: string,
  accepted: WorkflowUpdateHandle<PreflightVerdict> | undefined,
  { timeoutSeconds = DEFAULT_TIMEOUT_SECONDS, signal = new AbortController().signal }: VerdictWait = {},
): Promise<VerdictAnswer> => {
  try {
    const update = accepted ?? (await sendUpdate(client, workflowId));
    // The SDK notices only a signal that aborts during a call.
    if (signal.aborted) return { obstacle: INTERRUPTED };
    const read = (): Promise<PreflightVerdict> => client.withAbortSignal(signal, () => update.result());
    return { verdict: await client.withDeadline(Date.now() + timeoutSeconds * 1000, read) };
  } catch (error) {
    if (signal.aborted) return { obstacle: INTERRUPTED };
    const obstacle = toObstacle(error, workflowId, timeoutSeconds);
    if (obstacle === undefined) throw toInvalidRequest(error) ?? error;
    return { obstacle };
  }
};

/** To the newest run of the same chain: it may continue as new meanwhile. */
const sendUpdate = async (client: Client, workflowId: string): Promise<WorkflowUpdateHandle<PreflightVerdict>> => {
  const description = await readDescription(client, workflowId);
  const { firstRunId } = description.raw.workflowExecutionInfo ?? {};
  const chain = firstRunId ? { firstExecutionRunId: firstRunId } : {};
  const handle = client.workflow.getHandle(workflowId, undefined, chain);
  const send = (): Promise<WorkflowUpdateHandle<PreflightVerdict>> =>
    handle.startUpdate(awaitVerdictUpdate, { updateId: UPDATE_ID, waitForStage: 'ACCEPTED' });
  return await callWorker(client, description, send, ACCEPTANCE_MILLISECONDS);
};

/** Undefined: an error that the caller has to know. Pure. */
const toObstacle = (error: unknown, workflowId: string, timeoutSeconds: number): string | undefined => {
  if (error instanceof NoWorkerError) return error.message;
  if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError) {
    return `preflight was not finished within ${timeoutSeconds} s; the decommission continues. \`status\` shows what it is doing.`;
  }
  if (error instanceof WorkflowNotFoundError) return describeEnd(workflowId, 'it is closed');
  if (!(error instanceof WorkflowUpdateFailedError) || toInvalidRequest(error)) return undefined;
  return describeEnd(workflowId, withoutFullStop(error.cause?.message ?? error.message));
};

const describeEnd = (workflowId: string, why: string): string =>
  `${workflowId} gives no verdict (${why}): \`status\` and \`report\` show what became of it.`;

const toInvalidRequest = (error: unknown): InvalidRequestError | undefined => {
  const cause = error instanceof WorkflowUpdateFailedError ? error.cause : undefined;
  return cause instanceof ApplicationFailure && cause.type === FailureType.InvalidInput
    ? new InvalidRequestError(cause.message)
    : undefined;
};

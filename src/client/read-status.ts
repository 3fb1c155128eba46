import type { Client, WorkflowExecutionDescription } from '@temporalio/client';
import { WorkflowNotFoundError } from '@temporalio/client';
import { statusQuery } from '../workflows/messages.ts';
import { readClosedReport, readJoinedReport } from './closed-report.ts';
import { isSettled, toClosedStatus } from './closed-status.ts';
import { DecommissionNotFoundError, NoWorkerError } from './decommission-error.ts';
import type { ProgressOptions } from './decommission-handle.ts';
import { joinStatus, type JoinedStatus, type PendingNodeWork } from './join-status.ts';
import { readPendingEvictions } from './pending-evictions.ts';
import { readPendingWork } from './pending-work.ts';
import { askWorker } from './worker-presence.ts';

/** The newest run of that id. Throws DecommissionNotFoundError. */
export const readDescription = async (client: Client, workflowId: string): Promise<WorkflowExecutionDescription> => {
  try {
    return await client.workflow.getHandle(workflowId).describe();
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
    throw new DecommissionNotFoundError(workflowId, client.options.namespace);
  }
};

/**
 * The status of a task joined with its running nodes' own status and their pending evictions. From the report, without a worker,
 * when it is closed. Throws DecommissionNotFoundError, NoWorkerError, NoReportError.
 */
export const readJoinedStatus = async (client: Client, workflowId: string): Promise<JoinedStatus> => {
  const description = await readDescription(client, workflowId);
  if (description.status.name !== 'RUNNING') {
    const report = await readClosedReport(client, workflowId, description.runId);
    return toClosedStatus(workflowId, await readJoinedReport(client, report));
  }
  const task = await readPicture(client, description);
  const children = task.status.nodes
    .filter(({ outcome, childWorkflowId }) => outcome === undefined && childWorkflowId !== undefined)
    .map(({ childWorkflowId }) => childWorkflowId ?? '');
  const pictures = await Promise.all(children.map(async (id) => [id, await readChildPicture(client, id)] as const));
  return joinStatus(workflowId, task, new Map(pictures.filter(hasPicture)));
};

const hasPicture = (
  entry: readonly [string, PendingNodeWork | undefined],
): entry is readonly [string, PendingNodeWork] => entry[1] !== undefined;

const readPicture = async (client: Client, description: WorkflowExecutionDescription): Promise<PendingNodeWork> => {
  const handle = client.workflow.getHandle(description.workflowId, description.runId);
  const status = await askWorker(client, () => handle.query(statusQuery));
  const work = await readPendingWork(client, description);
  return {
    status,
    evictions: await readPendingEvictions(client, description),
    ...(work === undefined ? {} : { work }),
  };
};

/** A child may close between two looks, or not be there yet: then the task's own word is all there is. */
const readChildPicture = async (client: Client, workflowId: string): Promise<PendingNodeWork | undefined> => {
  try {
    const description = await readDescription(client, workflowId);
    return description.status.name === 'RUNNING' ? await readPicture(client, description) : undefined;
  } catch (error) {
    if (error instanceof DecommissionNotFoundError || error instanceof NoWorkerError) return undefined;
    throw error;
  }
};

/** Reads the status again and again, until it is settled or the signal aborts. */
export async function* followStatus(
  client: Client,
  workflowId: string,
  options: ProgressOptions = {},
): AsyncGenerator<JoinedStatus> {
  const interval = Math.max(100, options.intervalMilliseconds ?? 1000);
  while (options.signal?.aborted !== true) {
    const status = await readOrTell(client, workflowId, options);
    if (status !== undefined) yield status;
    if (status !== undefined && isSettled(status)) return;
    await sleepUnlessAborted(interval, options.signal);
  }
}

const readOrTell = async (
  client: Client,
  workflowId: string,
  { onTrouble }: ProgressOptions,
): Promise<JoinedStatus | undefined> => {
  try {
    return await readJoinedStatus(client, workflowId);
  } catch (error) {
    if (onTrouble === undefined || !(error instanceof Error) || !isPassing(error)) throw error;
    onTrouble(error);
    return undefined;
  }
};

/** A worker or a server can come back; a missing decommission or report cannot. */
const isPassing = (error: Error): boolean => error instanceof NoWorkerError || error.name === 'ServiceError';

/** Resolves after the time or at the abort, whichever is first; never rejects. */
export const sleepUnlessAborted = (milliseconds: number, signal: AbortSignal | undefined): Promise<void> =>
  new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    signal?.addEventListener('abort', end);
    if (signal?.aborted === true) end();
  });

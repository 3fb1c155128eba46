import type { Client, WorkflowExecutionDescription } from '@temporalio/client';
import { WorkflowNotFoundError } from '@temporalio/client';
import { statusQuery } from '../workflows/messages.ts';
import { addRemaining } from './add-remaining.ts';
import { readClosedReport, readJoinedReport } from './closed-report.ts';
import { isSettled, toClosedStatus } from './closed-status.ts';
import { DecommissionNotFoundError, NoWorkerError } from './decommission-error.ts';
import type { ProgressOptions } from './decommission-handle.ts';
import { joinStatus, type ChildAnswer, type JoinedStatus, type PendingNodeWork } from './join-status.ts';
import { readPendingEvictions } from './pending-evictions.ts';
import { readPendingWork } from './pending-work.ts';
import { callWorker } from './worker-presence.ts';

/**
 * The newest run of that id.
 * @throws DecommissionNotFoundError: the namespace has no such workflow.
 */
export const readDescription = async (client: Client, workflowId: string): Promise<WorkflowExecutionDescription> => {
  try {
    return await client.workflow.getHandle(workflowId).describe();
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
    throw new DecommissionNotFoundError(workflowId, client.options.namespace);
  }
};

/**
 * The status of a task joined with its running nodes' own status and their pending evictions. Once closed, read from the report,
 * without a worker.
 * @throws DecommissionNotFoundError: the namespace has no such workflow.
 * @throws NoWorkerError: the workflow is running, and no worker responds.
 * @throws NoReportError: the workflow closed without a report.
 */
export const readJoinedStatus = async (client: Client, workflowId: string): Promise<JoinedStatus> => {
  const description = await readDescription(client, workflowId);
  if (description.status.name !== 'RUNNING') {
    const report = await readClosedReport(client, workflowId, description.runId);
    return toClosedStatus(workflowId, await readJoinedReport(client, report));
  }
  const task = await readPendingNodeWork(client, description);
  const children = task.status.nodes
    .filter(({ outcome, childWorkflowId }) => outcome === undefined && childWorkflowId !== undefined)
    .map(({ childWorkflowId }) => childWorkflowId ?? '');
  const entries = await Promise.all(children.map(async (id) => [id, await readChildWork(client, id)] as const));
  const answers = new Map(entries.flatMap(([id, work]) => (work === undefined ? [] : [[id, work] as const])));
  return addRemaining(joinStatus(workflowId, task, answers), Date.now());
};

const readPendingNodeWork = async (
  client: Client,
  description: WorkflowExecutionDescription,
): Promise<PendingNodeWork> => {
  const handle = client.workflow.getHandle(description.workflowId, description.runId);
  const status = await callWorker(client, description, () => handle.query(statusQuery));
  const work = await readPendingWork(client, description);
  return {
    status,
    evictions: await readPendingEvictions(client, description),
    ...(work === undefined ? {} : { work }),
  };
};

/** Undefined when the child does not exist yet, does not respond, or closed meanwhile: then only the task's own status is available. */
const readChildWork = async (client: Client, workflowId: string): Promise<ChildAnswer | undefined> => {
  try {
    const description = await readDescription(client, workflowId);
    return description.status.name === 'RUNNING' ? await readPendingNodeWork(client, description) : undefined;
  } catch (error) {
    if (error instanceof NoWorkerError) return error.lacksVersion ? { missing: error.message } : undefined;
    if (error instanceof DecommissionNotFoundError) return undefined;
    throw error;
  }
};

/** Reads the status repeatedly until it is settled or the signal aborts. */
export const followStatus = async function* (
  client: Client,
  workflowId: string,
  options: ProgressOptions = {},
): AsyncGenerator<JoinedStatus> {
  const interval = Math.max(100, options.intervalMilliseconds ?? 1000);
  while (options.signal?.aborted !== true) {
    const status = await tryReadStatus(client, workflowId, options);
    if (status !== undefined) yield status;
    if (status !== undefined && isSettled(status)) return;
    await sleepUnlessAborted(interval, options.signal);
  }
};

const tryReadStatus = async (
  client: Client,
  workflowId: string,
  { onTrouble }: ProgressOptions,
): Promise<JoinedStatus | undefined> => {
  try {
    return await readJoinedStatus(client, workflowId);
  } catch (error) {
    if (onTrouble === undefined || !(error instanceof Error) || !isTransient(error)) throw error;
    onTrouble(error);
    return undefined;
  }
};

/** A worker or a server can become available again; a missing decommission or report cannot. */
const isTransient = (error: Error): boolean => error instanceof NoWorkerError || error.name === 'ServiceError';

/** Resolves after the time or on abort, whichever is first; never rejects. */
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

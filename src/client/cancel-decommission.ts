import { randomUUID } from 'node:crypto';
import type { Client, WorkflowExecutionDescription } from '@temporalio/client';
import { isPointOfNoReturn, type PointOfNoReturn } from '../domain/run/point-of-no-return.ts';
import { toNodeName } from '../domain/run/workflow-ids.ts';
import type { Attribution } from '../domain/run/status.ts';
import { MEMO_POINT_OF_NO_RETURN, MEMO_RUNNING_NODES } from '../workflows/messages.ts';
import { CannotCancelError, DecommissionError, DecommissionNotFoundError } from './decommission-error.ts';
import type { CancelAnswer } from './decommission-handle.ts';
import { describeObstacle } from './describe-obstacle.ts';
import { readQueueWorkers } from './queue-workers.ts';
import { readDescription, sleepUnlessAborted } from './read-status.ts';

const RECEIVED_DEADLINE_MILLISECONDS = 3_000;
const RECEIVED_CHECK_MILLISECONDS = 100;

/**
 * Requests cancellation, unless no node is left that could be undone. Needs no worker.
 *
 * @throws CannotCancelError: every node that is left is past its point of no return.
 * @throws DecommissionError `MessageRefused`: the workflow is closed.
 * @throws DecommissionNotFoundError: the namespace has no such workflow.
 */
export const cancelDecommission = async (
  client: Client,
  workflowId: string,
  attribution: Attribution,
): Promise<CancelAnswer> => {
  const description = await readDescription(client, workflowId);
  if (description.status.name !== 'RUNNING') {
    throw new DecommissionError('MessageRefused', `${workflowId} is already closed; there is nothing to cancel.`);
  }
  const before = await readRuns(client, description);
  toCancelAnswer(workflowId, toPassedPoints(before), toUndoable(before), false);
  await requestCancel(client, description, attribution);
  const after = await readRunsOnceReceived(client, workflowId);
  // A node that was undone meanwhile is no longer among the running ones.
  const answer = toCancelAnswer(workflowId, toPassedPoints(after), toUndoable([...before, ...after]), true);
  const obstacle = await readObstacle(client, after);
  return { ...answer, ...(obstacle === undefined ? {} : { obstacle }) };
};

/** Of the task, or of a node whose workflow is pinned to another version. */
const readObstacle = async (
  client: Client,
  runs: readonly WorkflowExecutionDescription[],
): Promise<string | undefined> => {
  const queue = await readQueueWorkers(client);
  return runs
    .filter(({ status }) => status.name === 'RUNNING')
    .map((run) => describeObstacle(queue, run, client.options.namespace))
    .find((obstacle) => obstacle !== undefined);
};

/** A task passes the request on to its nodes, each of which may pass its point of no return before it receives it. */
const readRunsOnceReceived = async (
  client: Client,
  workflowId: string,
): Promise<readonly WorkflowExecutionDescription[]> => {
  const deadlineAt = Date.now() + RECEIVED_DEADLINE_MILLISECONDS;
  for (;;) {
    const runs = await readRuns(client, await readDescription(client, workflowId));
    // Without a worker it is not passed on, and no node continues either.
    if (runs.every(hasReceived) || Date.now() >= deadlineAt) return runs;
    await sleepUnlessAborted(RECEIVED_CHECK_MILLISECONDS, undefined);
  }
};

/** A server that does not report it counts as if it had. */
const hasReceived = ({ status, raw }: WorkflowExecutionDescription): boolean =>
  status.name !== 'RUNNING' || (raw.workflowExtendedInfo?.cancelRequested ?? true);

/**
 * The answer for these points of no return: that of the task itself, or those of its running nodes. `undoable`: names of running nodes that
 * have not passed theirs. Pure.
 *
 * @throws CannotCancelError: nothing is left that could be undone.
 */
export const toCancelAnswer = (
  workflowId: string,
  passed: readonly PointOfNoReturn[],
  undoable: readonly string[],
  wasSent: boolean,
): CancelAnswer => {
  if (passed.length === 0) return { continuing: [], undoneNodeNames: [] };
  const continuing = passed.map(({ nodeName }) => nodeName);
  const names = new Set([...undoable, ...passed.flatMap(({ laterNodeNames }) => laterNodeNames)]);
  const undoneNodeNames = [...names].filter((name) => !continuing.includes(name));
  if (undoneNodeNames.length === 0) throw new CannotCancelError(workflowId, passed, wasSent);
  return { continuing: passed, undoneNodeNames };
};

/** Names of the nodes that run and have not passed their point of no return. */
const toUndoable = (runs: readonly WorkflowExecutionDescription[]): readonly string[] =>
  runs.filter((run) => toPassedPoint(run) === undefined).flatMap(({ workflowId }) => toNodeName(workflowId) ?? []);

/**
 * The workflow and its running children, without those that were just closed. The server does not list those that an earlier run of the task
 * has started: the task has recorded them.
 */
const readRuns = async (
  client: Client,
  description: WorkflowExecutionDescription,
): Promise<readonly WorkflowExecutionDescription[]> => {
  const ids = (description.raw.pendingChildren ?? []).map(({ workflowId }) => workflowId ?? '');
  const earlierIds = readRunningNodes(description).filter((workflowId) => !ids.includes(workflowId));
  const children = await Promise.all(ids.map((workflowId) => readIfPresent(client, workflowId)));
  const earlier = await Promise.all(earlierIds.map((workflowId) => readIfPresent(client, workflowId)));
  const isOfTask = (run: WorkflowExecutionDescription | undefined): boolean =>
    run?.status.name === 'RUNNING' && run.parentExecution?.workflowId === description.workflowId;
  return [description, ...children, ...earlier.filter(isOfTask)].filter((run) => run !== undefined);
};

const readRunningNodes = ({ memo }: WorkflowExecutionDescription): readonly string[] => {
  const ids = memo?.[MEMO_RUNNING_NODES];
  return Array.isArray(ids) ? ids.filter((id): id is string => typeof id === 'string') : [];
};

const readIfPresent = async (client: Client, workflowId: string): Promise<WorkflowExecutionDescription | undefined> => {
  try {
    return await readDescription(client, workflowId);
  } catch (error) {
    if (error instanceof DecommissionNotFoundError) return undefined;
    throw error;
  }
};

const toPassedPoints = (runs: readonly WorkflowExecutionDescription[]): readonly PointOfNoReturn[] =>
  runs.map(toPassedPoint).filter((point) => point !== undefined);

/** A workflow that has closed passed nothing that still matters. */
const toPassedPoint = ({ status, memo }: WorkflowExecutionDescription): PointOfNoReturn | undefined => {
  const point = memo?.[MEMO_POINT_OF_NO_RETURN];
  return status.name === 'RUNNING' && isPointOfNoReturn(point) ? point : undefined;
};

/**
 * The SDK's own `cancel()` takes no reason; the call below records it in the history. Not to one run: the workflow may continue as new
 * meanwhile. The first run keeps it from a later workflow of the same id.
 */
const requestCancel = async (
  client: Client,
  { workflowId, raw }: WorkflowExecutionDescription,
  { by, reason }: Attribution,
): Promise<void> => {
  await client.workflowService.requestCancelWorkflowExecution({
    namespace: client.options.namespace,
    workflowExecution: { workflowId },
    firstExecutionRunId: raw.workflowExecutionInfo?.firstRunId ?? '',
    identity: client.options.identity,
    requestId: randomUUID(),
    reason: `${by}: ${reason}`,
  });
};

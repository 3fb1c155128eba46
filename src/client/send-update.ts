import type { Client, WorkflowUpdateFailedError } from '@temporalio/client';
import type { UpdateDefinition } from '@temporalio/common';
import type { PodAction, PodArgument } from '../domain/steering/steering.ts';
import type { Attribution, RunStatus } from '../domain/run/status.ts';
import { forcePodUpdate, retryPodUpdate, skipPodUpdate } from '../workflows/messages.ts';
import { DecommissionError } from './decommission-error.ts';
import { readDescription, readJoinedStatus } from './read-status.ts';
import { callWorker } from './worker-presence.ts';

const UPDATE_DEADLINE_MILLISECONDS = 20_000;

/**
 * Sends an update to the newest run of a workflow, and returns its status afterwards.
 *
 * @throws DecommissionError `MessageRefused`: the workflow is closed, or refuses the update.
 * @throws DecommissionNotFoundError: the namespace has no such workflow.
 * @throws NoWorkerError: no worker responds.
 */
export const sendUpdate = async <Argument extends Attribution>(
  client: Client,
  workflowId: string,
  definition: UpdateDefinition<RunStatus, [Argument]>,
  argument: Argument,
): Promise<RunStatus> => {
  const description = await readDescription(client, workflowId);
  if (description.status.name !== 'RUNNING') {
    throw new DecommissionError(
      'MessageRefused',
      `${workflowId} is already closed, so it takes no ${definition.name}.`,
    );
  }
  // Not to one run: the workflow may continue as new meanwhile. The first run keeps it from a later workflow of the same id.
  const { firstRunId } = description.raw.workflowExecutionInfo ?? {};
  const chain = firstRunId ? { firstExecutionRunId: firstRunId } : {};
  const handle = client.workflow.getHandle(workflowId, undefined, chain);
  try {
    return await callWorker(
      client,
      description,
      () => handle.executeUpdate(definition, { args: [argument] }),
      UPDATE_DEADLINE_MILLISECONDS,
    );
  } catch (error) {
    if (!isUpdateFailed(error)) throw error;
    throw new DecommissionError(
      'MessageRefused',
      `${workflowId} rejected the update: ${error.cause?.message ?? error.message}`,
    );
  }
};

const isUpdateFailed = (error: unknown): error is WorkflowUpdateFailedError =>
  error instanceof Error && error.name === 'WorkflowUpdateFailedError';

const POD_UPDATES = { retryPod: retryPodUpdate, skipPod: skipPodUpdate, forcePod: forcePodUpdate } as const;

/** Sends a message about a pod to the workflow of its node, which knows its pods; to `workflowId` itself when no running node has it. */
export const steerPod = async (
  client: Client,
  workflowId: string,
  action: PodAction,
  argument: PodArgument,
): Promise<RunStatus> => {
  const { nodes } = await readJoinedStatus(client, workflowId);
  const holder = nodes.find(
    ({ outcome, pods }) =>
      outcome === undefined &&
      pods.some(({ namespace, name }) => namespace === argument.namespace && name === argument.name),
  );
  return await sendUpdate(client, holder?.childWorkflowId ?? workflowId, POD_UPDATES[action], argument);
};

import { toNodeWorkflowId } from '../../../src/domain/names.ts';
import type { StepName } from '../../../src/domain/report.ts';
import type { NodeStatus, RunStatus } from '../../../src/domain/status.ts';
import { awaitCondition } from '../../../stack/await-condition.ts';
import type { Harness } from './harness.ts';

/**
 * Waits until the workflow that has the node's pods has nothing left to do but wait for `podCount` of them.
 * `metCount`: how many pods it must have met by then.
 */
export const awaitHeldDrain = async (
  harness: Harness,
  workflowId: string,
  podCount: number,
  metCount: number,
): Promise<void> => {
  await awaitNodeStatus(
    harness,
    workflowId,
    `waits for ${podCount} pods`,
    ({ pods }) => pods.length >= metCount && pods.filter(({ state }) => state === 'Evicting').length === podCount,
  );
};

/** Waits until the node's own workflow is in this step. */
export const awaitRunningStep = async (harness: Harness, nodeName: string, name: StepName): Promise<void> => {
  await awaitNodeStatus(harness, toNodeWorkflowId('default', nodeName), `is at step ${name}`, ({ steps }) =>
    steps.some((step) => step.name === name && step.status === 'Running'),
  );
};

const awaitNodeStatus = async (
  harness: Harness,
  workflowId: string,
  description: string,
  isReached: (status: NodeStatus) => boolean,
): Promise<void> => {
  const handle = harness.client.workflow.getHandle(workflowId);
  await awaitCondition(
    `${workflowId} ${description}`,
    async () => {
      const status = await handle.query<RunStatus>('status').catch((error: unknown) => {
        // Not started yet.
        if ((error as Error).name === 'WorkflowNotFoundError') return undefined;
        throw error;
      });
      const node = status?.nodes[0];
      return node !== undefined && isReached(node);
    },
    { intervalMilliseconds: 100 },
  );
};

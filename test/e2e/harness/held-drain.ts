import type { RunStatus } from '../../../src/domain/run/status.ts';
import { awaitCondition } from '../../../stack/processes/await-condition.ts';
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
  const handle = harness.client.workflow.getHandle(workflowId);
  await awaitCondition(
    `${workflowId} waits for ${podCount} pods`,
    async () => {
      const status = await handle.query<RunStatus>('status').catch((error: unknown) => {
        // Not started yet.
        if ((error as Error).name === 'WorkflowNotFoundError') return undefined;
        throw error;
      });
      const pods = status?.nodes[0]?.pods ?? [];
      return pods.length >= metCount && pods.filter(({ state }) => state === 'Evicting').length === podCount;
    },
    { intervalMilliseconds: 200 },
  );
};

/** Waits until a paused drain has no eviction under way any more: a pause reaches those that wait with their next heartbeat. */
export const awaitEvictionsPaused = async (harness: Harness, workflowId: string): Promise<void> => {
  const handle = harness.client.workflow.getHandle(workflowId);
  await awaitCondition(
    `${workflowId} evicts no more`,
    async () => {
      const status = await handle.query<RunStatus>('status');
      return status.nodes[0]?.pods.every(({ state }) => state !== 'Evicting') === true;
    },
    { intervalMilliseconds: 200 },
  );
};

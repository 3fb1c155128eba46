import type { RunStatus } from '../../../src/domain/run/status.ts';
import { awaitCondition } from '../../../stack/processes/await-condition.ts';
import type { Harness } from './harness.ts';

/**
 * Waits until the workflow that evicts the node's pods only waits for `podCount` of them.
 * `metCount`: how many pods it must have found by then.
 */
export const awaitBlockedDrain = async (
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

/** Waits until a paused drain has no pending eviction: the pause reaches waiting evictions with their next heartbeat. */
export const awaitEvictionsPaused = async (harness: Harness, workflowId: string): Promise<void> => {
  const handle = harness.client.workflow.getHandle(workflowId);
  await awaitCondition(
    `${workflowId} has no pending eviction`,
    async () => {
      const status = await handle.query<RunStatus>('status');
      return status.nodes[0]?.pods.every(({ state }) => state !== 'Evicting') === true;
    },
    { intervalMilliseconds: 200 },
  );
};

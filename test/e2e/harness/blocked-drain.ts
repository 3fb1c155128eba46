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

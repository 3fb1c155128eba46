import { toNodeWorkflowId } from '../../../src/domain/names.ts';
import type { RunStatus } from '../../../src/domain/status.ts';
import { awaitCondition } from '../../../stack/await-condition.ts';
import type { Harness } from './harness.ts';

/**
 * Waits until the node's own workflow has nothing left to do but wait for `podCount` pods of those it has met.
 * `metCount`: how many it must have met by then; default `podCount`.
 */
export const awaitHeldDrain = async (
  harness: Harness,
  nodeName: string,
  podCount: number,
  metCount = podCount,
): Promise<void> => {
  const handle = harness.client.workflow.getHandle(toNodeWorkflowId('default', nodeName));
  await awaitCondition(
    `the drain of ${nodeName} waits for ${podCount} pods`,
    async () => {
      const status = await handle.query<RunStatus>('status').catch((error: unknown) => {
        // Not started yet.
        if ((error as Error).name === 'WorkflowNotFoundError') return undefined;
        throw error;
      });
      const pods = status?.nodes[0]?.pods ?? [];
      return pods.length >= metCount && pods.filter(({ state }) => state === 'Evicting').length === podCount;
    },
    { intervalMilliseconds: 100 },
  );
};

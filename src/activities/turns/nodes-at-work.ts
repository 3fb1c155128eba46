import pMap from 'p-map';
import type { LockedNode } from '../../domain/fleet/read-turns.ts';
import type { TaskContext } from '../../domain/run/context.ts';
import { toNodeWorkflowId } from '../../domain/run/workflow-ids.ts';
import type { WorkflowDirectory } from '../../ports/workflow-directory.ts';

const MAX_CONCURRENT_READS = 10;

/** What Temporal knows about nodes that are in work. */
export type KnownRuns = Pick<WorkflowDirectory, 'readHolderState' | 'readNodeWorkflow'>;

/**
 * Of nodes that count as in work, those that are, as far as Temporal knows: a marked one until its task and its own workflow are closed, e.g.
 * terminated, an unmarked one while its own workflow runs. One of another Temporal, or that cannot be read, counts.
 */
export const findAtWork = async (
  directory: KnownRuns,
  context: TaskContext,
  nodes: readonly LockedNode[],
): Promise<readonly LockedNode[]> => {
  const areAtWork = await pMap(nodes, (node) => isAtWork(directory, context, node), {
    concurrency: MAX_CONCURRENT_READS,
  });
  return nodes.filter((_node, index) => areAtWork[index]);
};

const isAtWork = async (
  directory: KnownRuns,
  { cluster, holder: { temporalNamespaceId } }: TaskContext,
  { state, nodeName, holder }: LockedNode,
): Promise<boolean> => {
  if (holder.temporalNamespaceId !== temporalNamespaceId) return true;
  const workflowId = toNodeWorkflowId(cluster, nodeName);
  if (state === 'unmarked') {
    return await directory.readNodeWorkflow(workflowId).then(
      ({ kind }) => kind === 'open',
      () => true,
    );
  }
  const ownWorkflow = workflowId === holder.workflowId ? undefined : workflowId;
  return (await directory.readHolderState(holder, ownWorkflow)) !== 'closed';
};

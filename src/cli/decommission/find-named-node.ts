import type { DecommissionHandle } from '../../client/decommission-handle.ts';

/**
 * The node of the decommission that an operator has named to find it: `worker-7` or `node/worker-7`. Undefined: it was found in another way.
 *
 * @throws what `status` throws
 */
export const findNamedNode = async (
  handle: Pick<DecommissionHandle, 'status'>,
  task: string | undefined,
): Promise<string | undefined> => {
  if (task === undefined) return undefined;
  const name = task.replace(/^node\//, '');
  const { nodes } = await handle.status();
  return nodes.some(({ nodeName }) => nodeName === name) ? name : undefined;
};

import type { DecommissionClient } from '../../client/decommission-client.ts';
import { DecommissionError, DecommissionNotFoundError } from '../../client/decommission-error.ts';
import type { DecommissionHandle } from '../../client/decommission-handle.ts';
import type { ListedDecommission } from '../../client/list-decommissions.ts';
import { CliFailure, toUsageFailure } from '../cli-failure.ts';
import { toDecommissionName } from '../format/decommission-name.ts';

/**
 * The decommission that a person means: by workflow id, by task id, or by a node of a running one; without any word the only one that
 * runs. Throws a failure that lists the choices when that is not one.
 */
export const findDecommission = async (
  client: DecommissionClient,
  task: string | undefined,
  cluster: string,
): Promise<DecommissionHandle> => {
  if (task === undefined) return client.attach(chooseOnly(await client.list({ state: 'running' })));
  if (task.includes('/')) return client.attach(task);
  const found = (await attachIfThere(client, { cluster, taskId: task })) ?? (await attachIfThere(client, task));
  if (found !== undefined) return found;
  const withNode = await findByNode(client, task);
  // Its error says what was looked for.
  return withNode.length === 0 ? client.attach({ cluster, taskId: task }) : client.attach(chooseOnly(withNode));
};

const attachIfThere = async (
  client: DecommissionClient,
  target: Parameters<DecommissionClient['attach']>[0],
): Promise<DecommissionHandle | undefined> => {
  try {
    return await client.attach(target);
  } catch (error) {
    if (error instanceof DecommissionNotFoundError) return undefined;
    throw error;
  }
};

const findByNode = async (client: DecommissionClient, nodeName: string): Promise<readonly ListedDecommission[]> => {
  const running = await client.list({ state: 'running' });
  const checks = running.map(async (item) => ((await hasNode(client, item, nodeName)) ? [item] : []));
  return (await Promise.all(checks)).flat();
};

/** The workflow id of the only one. Pure. */
export const chooseOnly = (running: readonly ListedDecommission[]): string => {
  const [first, ...others] = running;
  if (first === undefined) {
    throw new CliFailure('NotFound', 'no decommission is running; `list` shows the closed ones, name one of them.', 1);
  }
  if (others.length === 0) return first.workflowId;
  const choices = running.map(toDecommissionName);
  throw toUsageFailure(`${running.length} decommissions are running; name one: ${choices.join(', ')}.`);
};

/** The list names a few nodes only, and none where somebody started it by other means: then its worker is asked. */
const hasNode = async (
  client: DecommissionClient,
  { workflowId, nodeNames }: ListedDecommission,
  nodeName: string,
): Promise<boolean> => {
  if (nodeNames.split(/, | and /).includes(nodeName)) return true;
  if (nodeNames !== '' && !/ and \d+ more$/.test(nodeNames)) return false;
  try {
    const { nodes } = await (await client.attach(workflowId)).status();
    return nodes.some((node) => node.nodeName === nodeName);
  } catch (error) {
    // Closed meanwhile, or nobody there to ask: then it is not found by this name.
    if (error instanceof DecommissionError) return false;
    throw error;
  }
};

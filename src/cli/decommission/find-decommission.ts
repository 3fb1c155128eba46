import type { DecommissionClient } from '../../client/decommission-client.ts';
import { DecommissionError, DecommissionNotFoundError } from '../../client/decommission-error.ts';
import type { DecommissionHandle } from '../../client/decommission-handle.ts';
import type { ListedDecommission } from '../../client/list-decommissions.ts';
import { toNodeWorkflowId } from '../../domain/run/workflow-ids.ts';
import { CliFailure, toUsageFailure } from '../cli-failure.ts';
import { toDecommissionName } from '../format/decommission-name.ts';

/**
 * Finds a decommission by workflow id, by task id, by a node of a running one, or else by the newest workflow of a node; without `task`, the
 * only running one.
 * @throws CliFailure `NotFound`: `task` is absent and nothing is running.
 * @throws CliFailure `Usage`: several match; the message lists them.
 * @throws DecommissionNotFoundError: no decommission matches `task`.
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
  if (withNode.length > 0) return client.attach(chooseOnly(withNode));
  // Attaching by task id then fails with the error that names it.
  return (await attachIfThere(client, toNodeWorkflowId(cluster, task))) ?? client.attach({ cluster, taskId: task });
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

/**
 * The workflow id of the only one. Pure.
 * @throws CliFailure `NotFound`: the list is empty.
 * @throws CliFailure `Usage`: it has several; the message lists them.
 */
export const chooseOnly = (running: readonly ListedDecommission[]): string => {
  const [first, ...others] = running;
  if (first === undefined) {
    throw new CliFailure(
      'NotFound',
      'no decommission is running. To select a closed one, pass its task id; `list` shows it.',
      1,
    );
  }
  if (others.length === 0) return first.workflowId;
  const choices = running.map(toDecommissionName);
  throw toUsageFailure(`${running.length} decommissions are running; specify one: ${choices.join(', ')}.`);
};

/** The list has only the first few node names, and none for a workflow started by another client: then the status query decides. */
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
    // Closed meanwhile, or no worker to query: treated as not found by this name.
    if (error instanceof DecommissionError) return false;
    throw error;
  }
};

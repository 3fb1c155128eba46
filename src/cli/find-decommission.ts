import type { DecommissionClient } from '../client/decommission-client.ts';
import { DecommissionNotFoundError } from '../client/decommission-error.ts';
import type { DecommissionHandle } from '../client/decommission-handle.ts';
import type { ListedDecommission } from '../client/list-decommissions.ts';
import { CliFailure, toUsageFailure } from './cli-failure.ts';

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
  try {
    return await client.attach({ cluster, taskId: task });
  } catch (error) {
    if (!(error instanceof DecommissionNotFoundError)) throw error;
    const running = await client.list({ state: 'running' });
    const withNode = running.filter((item) => hasNode(item, task));
    if (withNode.length === 0) throw error;
    return client.attach(chooseOnly(withNode));
  }
};

/** The workflow id of the only one. Pure. */
export const chooseOnly = (running: readonly ListedDecommission[]): string => {
  const [first, ...others] = running;
  if (first === undefined) {
    throw new CliFailure('NotFound', 'no decommission is running; `list` shows the closed ones, name one of them.', 1);
  }
  if (others.length === 0) return first.workflowId;
  const choices = running.map(({ workflowId, nodeNames }) => `${workflowId} (${nodeNames || 'nodes unknown'})`);
  throw toUsageFailure(`${running.length} decommissions are running; name one: ${choices.join(', ')}.`);
};

const hasNode = ({ nodeNames }: ListedDecommission, nodeName: string): boolean =>
  nodeNames.split(/, | and /).includes(nodeName);

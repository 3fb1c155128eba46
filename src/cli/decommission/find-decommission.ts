import type { DecommissionClient } from '../../client/decommission-client.ts';
import { DecommissionError, DecommissionNotFoundError } from '../../client/decommission-error.ts';
import type { DecommissionHandle } from '../../client/decommission-handle.ts';
import type { ListedDecommission } from '../../client/list-decommissions.ts';
import { DEFAULT_CLUSTER, toNodeWorkflowId } from '../../domain/run/workflow-ids.ts';
import { CliFailure, toUsageFailure } from '../cli-failure.ts';
import { toDecommissionName } from '../format/decommission-name.ts';
import { isOpen } from './other-decommissions.ts';

/** What an operator named: `node/<name>`, `task/<id>`, a workflow id, or a name that may be any of them. */
export interface DecommissionTarget {
  /** Absent: the only running one. */
  readonly task?: string | undefined;
  /** Absent: `default` where an id needs it, and running ones of any cluster. */
  readonly cluster?: string | undefined;
}

/** Closed ones that are searched for a node, the newest first. */
const SEARCHED_CLOSED = 50;

/**
 * Finds a decommission, running or closed, with one meaning for every verb: a running one with this task id or workflow id, else a running
 * one with this node, else a closed one with this id, else the newest closed one with this node. `note`: gets a line that names the task
 * when it was found by a node.
 *
 * @throws CliFailure `NotFound`: `task` is absent and nothing is running.
 * @throws CliFailure `Usage`: several match; the message lists them.
 * @throws DecommissionNotFoundError: no decommission matches `task`.
 */
export const findDecommission = async (
  client: DecommissionClient,
  { task, cluster }: DecommissionTarget,
  note: (line: string) => void = () => undefined,
): Promise<DecommissionHandle> => {
  if (task === undefined) return client.attach(chooseOnly(await listRunning(client, cluster)));
  const named = parseTarget(task);
  // A workflow id of another client may have any form.
  const exact = task.includes('/') ? await attachIfThere(client, task) : undefined;
  // Attaching fails with the error that names the id.
  return (
    exact ??
    (await findNamed(client, named, cluster, note)) ??
    client.attach(named.kind === 'workflow' ? task : { cluster: cluster ?? DEFAULT_CLUSTER, taskId: named.name })
  );
};

/** `any`: without a kind; `workflow`: with slashes of its own. */
interface NamedTarget {
  readonly kind: 'node' | 'task' | 'workflow' | 'any';
  readonly name: string;
}

const parseTarget = (task: string): NamedTarget => {
  const [, kind, name = ''] = /^(node|task)\/([^/]+)$/.exec(task) ?? [];
  if (kind === 'node' || kind === 'task') return { kind, name };
  return { kind: task.includes('/') ? 'workflow' : 'any', name: task };
};

const findNamed = async (
  client: DecommissionClient,
  { kind, name }: NamedTarget,
  cluster: string | undefined,
  note: (line: string) => void,
): Promise<DecommissionHandle | undefined> => {
  if (kind === 'workflow') return undefined;
  const byId = kind === 'node' ? undefined : await findById(client, name, cluster);
  if (kind === 'task' || (byId !== undefined && (await isOpen(client, byId.workflowId)))) return byId;
  const byNode = await findByNode(client, name, cluster, byId === undefined);
  if (byNode !== undefined) note(`Node ${name}: ${byNode.workflowId}`);
  return byNode ?? byId;
};

const findById = async (
  client: DecommissionClient,
  id: string,
  cluster: string = DEFAULT_CLUSTER,
): Promise<DecommissionHandle | undefined> =>
  (await attachIfThere(client, { cluster, taskId: id })) ?? (await attachIfThere(client, id));

/** `closedToo`: also the newest closed one, which an id that matches goes before. */
const findByNode = async (
  client: DecommissionClient,
  nodeName: string,
  cluster: string | undefined,
  closedToo: boolean,
): Promise<DecommissionHandle | undefined> => {
  const running = await listRunning(client, cluster);
  const checks = running.map(async (item) => ((await hasNode(client, item, nodeName)) ? [item] : []));
  const withNode = (await Promise.all(checks)).flat();
  if (withNode.length > 0) return client.attach(chooseOnly(withNode));
  return closedToo ? await findClosedByNode(client, nodeName, cluster) : undefined;
};

/** A task that was refused has no workflow of the node; the list has only the first names of a task of many nodes. */
const findClosedByNode = async (
  client: DecommissionClient,
  nodeName: string,
  cluster: string | undefined,
): Promise<DecommissionHandle | undefined> => {
  const closed = await client.list({ state: 'closed', limit: SEARCHED_CLOSED });
  const listed = closed.find((item) => isIn(cluster, item) && !item.dryRun && toNames(item).includes(nodeName));
  if (listed !== undefined) return client.attach(listed.workflowId);
  const ofNode = await attachIfThere(client, toNodeWorkflowId(cluster ?? DEFAULT_CLUSTER, nodeName));
  if (ofNode === undefined) return undefined;
  const { parentExecution } = await client.client.workflow.getHandle(ofNode.workflowId).describe();
  const parentId = parentExecution?.workflowId ?? '';
  return (parentId === '' ? undefined : await attachIfThere(client, parentId)) ?? ofNode;
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

const listRunning = async (
  client: DecommissionClient,
  cluster: string | undefined,
): Promise<readonly ListedDecommission[]> =>
  (await client.list({ state: 'running' })).filter((item) => isIn(cluster, item));

/** One whose workflow id names no cluster may be in any. */
const isIn = (cluster: string | undefined, item: ListedDecommission): boolean =>
  cluster === undefined || item.cluster === undefined || item.cluster === cluster;

const toNames = ({ nodeNames }: ListedDecommission): readonly string[] => nodeNames.split(/, | and /);

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
const hasNode = async (client: DecommissionClient, item: ListedDecommission, nodeName: string): Promise<boolean> => {
  const { workflowId, nodeNames } = item;
  if (toNames(item).includes(nodeName)) return true;
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

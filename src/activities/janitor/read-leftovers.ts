import pMap from 'p-map';
import { LOCK_ANNOTATION, SURGE_LABEL } from '../../domain/cluster/annotations.ts';
import type { DeploymentFacts, NodeFacts } from '../../domain/cluster/facts.ts';
import { findLeftovers, findTaskIds } from '../../domain/janitor/find-leftovers.ts';
import type { Leftover, TaskState } from '../../domain/janitor/leftover.ts';
import { readLockHolder, type LockHolder } from '../../domain/node/lock.ts';
import type { PointOfNoReturn } from '../../domain/run/point-of-no-return.ts';
import { parseTaskWorkflowId, toNodeWorkflowId } from '../../domain/run/workflow-ids.ts';
import type { Cluster } from '../../ports/cluster.ts';
import { isClusterFailure } from '../../ports/cluster-failure.ts';
import type { HolderState, WorkflowDirectory } from '../../ports/workflow-directory.ts';

/** What Temporal knows about tasks and nodes. */
export type KnownTasks = Pick<
  WorkflowDirectory,
  'readRunningTaskIds' | 'readTaskState' | 'readHolderState' | 'readPointOfNoReturn'
>;

/** When no Temporal can be reached. */
export const NO_KNOWN_TASKS: KnownTasks = {
  readRunningTaskIds: () => Promise.resolve(undefined),
  readTaskState: () => Promise.resolve('unknown'),
  readHolderState: () => Promise.resolve('unknown'),
  readPointOfNoReturn: () => Promise.resolve(undefined),
};

export interface Leftovers {
  readonly leftovers: readonly Leftover[];
  /** What could not be searched, as phrases. */
  readonly notChecked: readonly string[];
}

const MAX_CONCURRENT_READS = 10;

/**
 * What ended tasks have left in the cluster. Reads only.
 * @param clusterName in the configuration
 * @throws ClusterFailure: nodes or budgets cannot be read.
 */
export const readLeftovers = async (cluster: Cluster, clusterName: string, tasks: KnownTasks): Promise<Leftovers> => {
  const [nodes, budgets, deployments, runningTaskIds] = await Promise.all([
    cluster.readNodes(),
    cluster.readBudgets(),
    readSurged(cluster),
    tasks.readRunningTaskIds(clusterName),
  ]);
  const locked = nodes.flatMap((node) => toLockedNode(node) ?? []);
  const runs = await pMap(locked, async (node) => [node.name, await readRuns(clusterName, node, tasks)] as const, {
    concurrency: MAX_CONCURRENT_READS,
  });
  const passed = runs.flatMap(([name, { point }]) => (point === undefined ? [] : [[name, point] as const]));
  const leftovers = findLeftovers({
    cluster: clusterName,
    nodes,
    budgets,
    holderStates: Object.fromEntries(runs.map(([name, { state }]) => [name, state])),
    passedPoints: Object.fromEntries(passed),
    taskStates: await readTaskStates(clusterName, { nodes, budgets }, tasks),
    ...(deployments === undefined ? {} : { deployments }),
    ...(runningTaskIds === undefined ? {} : { runningTaskIds }),
  });
  return {
    leftovers,
    notChecked: [
      ...(deployments === undefined ? [DEPLOYMENTS_NOT_CHECKED] : []),
      ...(runningTaskIds === undefined ? [TASKS_NOT_CHECKED] : []),
    ],
  };
};

const DEPLOYMENTS_NOT_CHECKED =
  'second replicas of Deployments (the permission to list deployments.apps is missing: ClusterRole node-decommission-surge of deploy/rbac.yaml)';
const TASKS_NOT_CHECKED = 'which tasks run now (Temporal did not list them)';

interface LockedNode {
  readonly name: string;
  readonly holder: LockHolder;
}

const toLockedNode = ({ name, annotations }: NodeFacts): LockedNode | undefined => {
  const holder = readLockHolder(annotations[LOCK_ANNOTATION]);
  return holder && { name, holder };
};

interface NodeRuns {
  readonly state: TaskState;
  readonly point: PointOfNoReturn | undefined;
}

/** The name of the cluster in the task's own workflow id counts, too: the worker may have another name for it. */
const readRuns = async (clusterName: string, { name, holder }: LockedNode, tasks: KnownTasks): Promise<NodeRuns> => {
  const clusters = new Set([clusterName, parseTaskWorkflowId(holder.workflowId)?.cluster ?? clusterName]);
  const workflowIds = [...clusters].map((cluster) => toNodeWorkflowId(cluster, name));
  const states = await Promise.all(workflowIds.map((workflowId) => tasks.readHolderState(holder, workflowId)));
  const points = await Promise.all(workflowIds.map((workflowId) => tasks.readPointOfNoReturn(workflowId)));
  return {
    state: toTaskState(states.find((state) => state !== 'closed') ?? 'closed'),
    point: points.find((point) => point !== undefined && isOfRun(point, holder)),
  };
};

/** An earlier one is of an earlier Node with that name. */
const isOfRun = ({ at }: PointOfNoReturn, { since }: LockHolder): boolean => !(Date.parse(at) < Date.parse(since));

const readTaskStates = async (
  clusterName: string,
  objects: Parameters<typeof findTaskIds>[0],
  tasks: KnownTasks,
): Promise<Readonly<Record<string, TaskState>>> => {
  const read = async (taskId: string): Promise<readonly [string, TaskState]> => [
    taskId,
    toTaskState(await tasks.readTaskState(clusterName, taskId)),
  ];
  return Object.fromEntries(await pMap(findTaskIds(objects), read, { concurrency: MAX_CONCURRENT_READS }));
};

const toTaskState = (state: HolderState): TaskState => (state === 'open' || state === 'nodeOpen' ? 'running' : state);

const readSurged = async (cluster: Cluster): Promise<readonly DeploymentFacts[] | undefined> => {
  try {
    return await cluster.readDeployments({ label: SURGE_LABEL });
  } catch (error) {
    if (!isClusterFailure(error, 'Forbidden')) throw error;
    return undefined;
  }
};

import { LOCK_ANNOTATION, SURGE_LABEL } from '../domain/cluster/annotations.ts';
import type { DeploymentFacts } from '../domain/cluster/facts.ts';
import { findLeftovers, type Leftover, type TaskState } from '../domain/janitor/find-leftovers.ts';
import { judgeNodeLock } from '../domain/node/lock.ts';
import { toNodeWorkflowId } from '../domain/run/workflow-ids.ts';
import type { Cluster } from '../ports/cluster.ts';
import type { WorkflowDirectory } from '../ports/workflow-directory.ts';
import { isClusterFailure } from '../ports/cluster-failure.ts';

/** What Temporal knows about tasks. */
export interface KnownTasks {
  /** Ids of the tasks of this cluster that it runs now; absent: it did not answer. */
  readonly runningTaskIds?: readonly string[];
  readonly readHolderState: WorkflowDirectory['readHolderState'];
}

export interface Leftovers {
  readonly leftovers: readonly Leftover[];
  /** What could not be searched, as phrases. */
  readonly notChecked: readonly string[];
}

/**
 * What ended tasks have left in the cluster. Reads only.
 * @param clusterName in the configuration
 * @throws ClusterFailure: nodes or budgets cannot be read.
 */
export const readLeftovers = async (cluster: Cluster, clusterName: string, tasks: KnownTasks): Promise<Leftovers> => {
  const [nodes, budgets, deployments] = await Promise.all([
    cluster.readNodes(),
    cluster.readBudgets(),
    readSurged(cluster),
  ]);
  const holderStates: Record<string, TaskState> = {};
  for (const { name, annotations } of nodes) {
    const lock = judgeNodeLock(annotations[LOCK_ANNOTATION], undefined);
    if (lock.kind !== 'held') continue;
    const state = await tasks.readHolderState(lock.holder, toNodeWorkflowId(clusterName, name));
    holderStates[name] = state === 'open' || state === 'nodeOpen' ? 'running' : state;
  }
  const { runningTaskIds } = tasks;
  const leftovers = findLeftovers({
    cluster: clusterName,
    nodes,
    budgets,
    holderStates,
    ...(deployments === undefined ? {} : { deployments }),
    ...(runningTaskIds === undefined ? {} : { runningTaskIds }),
  });
  return { leftovers, notChecked: deployments === undefined ? [DEPLOYMENTS_NOT_CHECKED] : [] };
};

const DEPLOYMENTS_NOT_CHECKED =
  'second replicas of Deployments (the permission to list deployments.apps is missing: ClusterRole node-decommission-surge of deploy/rbac.yaml)';

const readSurged = async (cluster: Cluster): Promise<readonly DeploymentFacts[] | undefined> => {
  try {
    return await cluster.readDeployments({ label: SURGE_LABEL });
  } catch (error) {
    if (!isClusterFailure(error, 'Forbidden')) throw error;
    return undefined;
  }
};

import { toLeftoverList, type LeftoverList } from '../../domain/janitor/leftover-list.ts';
import type { TaskContext } from '../../domain/run/context.ts';
import type { ActivityDependencies } from '../support/activity-dependencies.ts';
import { findCluster } from '../support/open-verified-cluster.ts';
import { readLeftovers } from './read-leftovers.ts';

/**
 * What ended tasks have left in a cluster, without the commands that remove it. Reads only.
 *
 * @throws DecommissionFailure `InvalidInput`, not retryable: this worker does not have the cluster.
 * @throws ClusterFailure
 */
export const listLeftovers =
  (dependencies: ActivityDependencies) =>
  async ({ cluster: name }: Pick<TaskContext, 'cluster'>): Promise<LeftoverList> => {
    const cluster = findCluster(dependencies.clusters, name);
    const { leftovers, notChecked } = await readLeftovers(cluster, name, dependencies.directory);
    return toLeftoverList(name, leftovers, notChecked);
  };

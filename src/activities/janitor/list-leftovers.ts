import { toLeftoverList, type LeftoverList } from '../../domain/janitor/leftover-list.ts';
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
  async (clusterName: string): Promise<LeftoverList> => {
    const cluster = findCluster(dependencies.clusters, clusterName);
    const { leftovers, notChecked } = await readLeftovers(cluster, clusterName, dependencies.directory);
    return toLeftoverList(clusterName, leftovers, notChecked);
  };

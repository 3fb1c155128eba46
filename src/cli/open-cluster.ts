import type { Configuration } from '../config/configuration.ts';
import type { Cluster } from '../ports/cluster.ts';
import { isClusterFailure } from '../ports/cluster-failure.ts';
import { createClusters } from '../worker/create-clusters.ts';
import { toUsageFailure } from './cli-failure.ts';
import { selectCluster, toUnknownCluster } from './select-cluster.ts';

/**
 * The cluster of that name in the configuration; no other kubeconfig is read. Makes no request.
 * @throws CliFailure `Usage`: the configuration has no such cluster, its kubeconfig cannot be used, or the context does not exist.
 */
export const openCluster = (configuration: Configuration, name: string): Cluster => {
  const cluster = createSelected(configuration, name).get(name);
  if (cluster === undefined) throw toUnknownCluster(configuration, name);
  return cluster;
};

const createSelected = (configuration: Configuration, name: string): ReadonlyMap<string, Cluster> => {
  try {
    return createClusters(selectCluster(configuration, name));
  } catch (error) {
    if (isClusterFailure(error, 'Invalid')) throw toUsageFailure(error.message);
    throw error;
  }
};

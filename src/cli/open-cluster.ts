import type { Configuration } from '../config/configuration.ts';
import type { Cluster } from '../ports/cluster.ts';
import { createClusters } from '../worker/create-clusters.ts';
import { selectCluster, toUnknownCluster } from './select-cluster.ts';

/**
 * The cluster of that name in the configuration; no other kubeconfig is read.
 * @throws CliFailure `Usage`: the configuration has no such cluster.
 * @throws ClusterFailure `Invalid`: the kubeconfig cannot be used.
 */
export const openCluster = (configuration: Configuration, name: string): Cluster => {
  const cluster = createClusters(selectCluster(configuration, name)).get(name);
  if (cluster !== undefined) return cluster;
  throw toUnknownCluster(configuration, name);
};

import type { Configuration } from '../config/configuration.ts';
import type { Cluster } from '../ports/cluster.ts';
import { createClusters } from '../worker/create-clusters.ts';
import { toUsageFailure } from './cli-failure.ts';

/** The cluster of that name in the configuration; the others are not touched. Throws a usage failure that names those there are. */
export const openCluster = (configuration: Configuration, name: string): Cluster => {
  const settings = Object.hasOwn(configuration.clusters, name) ? configuration.clusters[name] : undefined;
  const cluster =
    settings === undefined ? undefined : createClusters({ ...configuration, clusters: { [name]: settings } }).get(name);
  if (cluster !== undefined) return cluster;
  const known = Object.keys(configuration.clusters).join(', ');
  throw toUsageFailure(
    `the configuration has no cluster "${name}"; it has: ${known}. Correct --cluster, or NODE_DECOMMISSION_CONFIG.`,
  );
};

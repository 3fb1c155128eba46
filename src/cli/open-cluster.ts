import type { Configuration } from '../config/configuration.ts';
import type { Cluster } from '../ports/cluster.ts';
import { isClusterFailure } from '../ports/cluster-failure.ts';
import { createClusters } from '../worker/create-clusters.ts';
import { toUsageFailure, type CliFailure } from './cli-failure.ts';

/**
 * The cluster of that name in the configuration; no other kubeconfig is read. Makes no request.
 * @throws CliFailure `Usage`: the configuration has no such cluster, its kubeconfig cannot be used, or the context does not exist.
 */
export const openCluster = (configuration: Configuration, name: string): Cluster => {
  const cluster = createSelected(configuration, name).get(name);
  if (cluster !== undefined) return cluster;
  throw toUnknownCluster(configuration, name);
};

const createSelected = (configuration: Configuration, name: string): ReadonlyMap<string, Cluster> => {
  try {
    return createClusters(selectCluster(configuration, name));
  } catch (error) {
    if (isClusterFailure(error, 'Invalid')) throw toUsageFailure(error.message);
    throw error;
  }
};

/**
 * The configuration with only this cluster. Pure.
 * @throws CliFailure `Usage`: the configuration has no such cluster; the message lists the configured ones.
 */
export const selectCluster = (configuration: Configuration, name: string): Configuration => {
  const settings = Object.hasOwn(configuration.clusters, name) ? configuration.clusters[name] : undefined;
  if (settings === undefined) throw toUnknownCluster(configuration, name);
  return { ...configuration, clusters: { [name]: settings } };
};

const toUnknownCluster = (configuration: Configuration, name: string): CliFailure => {
  const known = Object.keys(configuration.clusters).join(', ');
  return toUsageFailure(
    `the configuration has no cluster named "${name}"; it has: ${known}. Correct --cluster or NODE_DECOMMISSION_CONFIG.`,
  );
};

import type { Configuration } from '../config/configuration.ts';
import { toUsageFailure, type CliFailure } from './cli-failure.ts';

/**
 * The configuration with only this cluster. Pure.
 * @throws CliFailure `Usage`: the configuration has no such cluster; the message lists the configured ones.
 */
export const selectCluster = (configuration: Configuration, name: string): Configuration => {
  const settings = Object.hasOwn(configuration.clusters, name) ? configuration.clusters[name] : undefined;
  if (settings === undefined) throw toUnknownCluster(configuration, name);
  return { ...configuration, clusters: { [name]: settings } };
};

/** Pure. */
export const toUnknownCluster = (configuration: Configuration, name: string): CliFailure => {
  const known = Object.keys(configuration.clusters).join(', ');
  return toUsageFailure(
    `the configuration has no cluster named "${name}"; it has: ${known}. Correct --cluster or NODE_DECOMMISSION_CONFIG.`,
  );
};

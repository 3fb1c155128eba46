import type { Configuration } from '../config/configuration.ts';
import { PACKAGE_VERSION } from '../config/package-version.ts';
import { createKubeCluster } from '../kube/kube-cluster.ts';
import type { Cluster } from '../ports/cluster.ts';

/**
 * One client per configured cluster, by name. Reads the kubeconfigs; does not connect yet.
 * @throws ClusterFailure `Invalid`: a kubeconfig cannot be used.
 */
export const createClusters = (configuration: Configuration): ReadonlyMap<string, Cluster> => {
  const { requestTimeoutSeconds } = configuration.limits;
  return new Map(
    Object.entries(configuration.clusters).map(([name, settings]) => [
      name,
      createKubeCluster(name, settings, {
        requestTimeoutSeconds,
        proxies: configuration.proxies,
        userAgent: `node-decommission/${PACKAGE_VERSION}`,
      }),
    ]),
  );
};

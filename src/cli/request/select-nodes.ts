import { toUsageFailure } from '../cli-failure.ts';
import type { CliContext } from '../cli-context.ts';
import { loadClusterConfiguration, type ClusterOptions } from '../cluster-options.ts';
import { isClusterFailure } from '../../ports/cluster-failure.ts';
import type { Cluster } from '../../ports/cluster.ts';

/**
 * The names of the nodes that a label selector selects, sorted; the API server evaluates it, so that its syntax is kubectl's.
 *
 * @throws CliFailure `Usage`: the selector is empty or invalid, no node matches, or the cluster is not configured.
 * @throws ClusterFailure the cluster cannot be read.
 */
export const selectNodes = async (
  selector: string,
  clusterName: string,
  options: ClusterOptions,
  context: CliContext,
): Promise<readonly string[]> => {
  // Loaded here, because the Kubernetes client takes a second, which other command lines do not need.
  const { openCluster } = await import('../open-cluster.ts');
  return await readSelected(
    openCluster(loadClusterConfiguration(context, clusterName, options), clusterName),
    selector,
  );
};

/** The same for an open cluster. */
export const readSelected = async (
  cluster: Pick<Cluster, 'name' | 'readNodes'>,
  selector: string,
): Promise<readonly string[]> => {
  // The API server reads an empty selector as "all".
  if (selector.trim() === '') throw toUsageFailure('--selector must not be empty: it would select every node.');
  const names = await readNames(cluster, selector);
  if (names.length === 0) {
    throw toUsageFailure(
      `no node of cluster ${cluster.name} has the labels ${selector}. Check with \`kubectl get nodes -l '${selector}'\`.`,
    );
  }
  return names;
};

const readNames = async (
  cluster: Pick<Cluster, 'name' | 'readNodes'>,
  selector: string,
): Promise<readonly string[]> => {
  try {
    return (await cluster.readNodes({ selector })).map(({ name }) => name).sort();
  } catch (error) {
    if (!isClusterFailure(error, 'Invalid')) throw error;
    throw toUsageFailure(`--selector "${selector}" is not a label selector: ${error.message}`);
  }
};

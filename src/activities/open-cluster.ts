import { DecommissionFailure } from '../domain/decommission-failure.ts';
import type { ClusterIdentity } from '../domain/facts.ts';
import { FailureType } from '../domain/failure-type.ts';
import type { TaskContext } from '../domain/task-context.ts';
import type { Cluster } from '../ports/cluster.ts';
import type { ActivityDependencies } from './activity-dependencies.ts';

const isSameCluster = (one: ClusterIdentity, other: ClusterIdentity): boolean =>
  one.kubeSystemUid === other.kubeSystemUid && one.caHash === other.caHash;

/**
 * The cluster of a task, after proof that it is still the one that was planned for: with a switched kubeconfig "not found" would
 * read as "done". Throws `InvalidInput` for a name this worker does not have, `ClusterMismatch` for another cluster; neither is retryable.
 */
export const openCluster = async (dependencies: ActivityDependencies, context: TaskContext): Promise<Cluster> => {
  const cluster = findCluster(dependencies.clusters, context.cluster);
  const identity = await cluster.readIdentity();
  if (!isSameCluster(identity, context.clusterIdentity)) {
    throw new DecommissionFailure(
      FailureType.ClusterMismatch,
      `cluster "${context.cluster}" is not the one this task was planned for: kube-system had UID ${context.clusterIdentity.kubeSystemUid}, ` +
        `it now has ${identity.kubeSystemUid}. Nothing was touched there; point the worker's configuration back at the planned cluster.`,
    );
  }
  return cluster;
};

/** The cluster of that name. Throws `InvalidInput`, not retryable, naming those that this worker knows. */
export const findCluster = (clusters: ReadonlyMap<string, Cluster>, name: string): Cluster => {
  const cluster = clusters.get(name);
  if (cluster) return cluster;
  const known = [...clusters.keys()].map((key) => `"${key}"`).join(', ') || 'none';
  throw new DecommissionFailure(
    FailureType.InvalidInput,
    `this worker has no cluster named "${name.slice(0, 60)}"; it knows ${known}. Correct \`cluster\`, or add it to the worker's configuration.`,
  );
};

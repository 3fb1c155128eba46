import { DecommissionFailure, FailureType } from '../../domain/run/failures.ts';
import type { ClusterIdentity } from '../../domain/cluster/facts.ts';
import type { TaskContext } from '../../domain/run/context.ts';
import type { Cluster } from '../../ports/cluster.ts';
import type { ActivityDependencies } from './activity-dependencies.ts';

const isSameCluster = (one: ClusterIdentity, other: ClusterIdentity): boolean =>
  one.kubeSystemUid === other.kubeSystemUid && one.caHash === other.caHash;

/**
 * The cluster of a task, after proof that it is still the one that was planned for: with a switched kubeconfig "not found" would
 * read as "done". Throws `ClusterMismatch` for another cluster or a name this worker does not have, and ClusterFailure. All are retryable:
 * one worker with a wrong configuration must neither end a drain nor its undo while others can do the work.
 */
export const openVerifiedCluster = (dependencies: ActivityDependencies, context: TaskContext): Promise<Cluster> =>
  proveCluster(dependencies, context, true);

/** The same at preflight, while nothing has been changed: there `ClusterMismatch` is not retryable, but a clear refusal. */
export const openVerifiedClusterOrRefuse = (
  dependencies: ActivityDependencies,
  context: TaskContext,
): Promise<Cluster> => proveCluster(dependencies, context, false);

/** The cluster of that name. Throws `InvalidInput`, not retryable, naming those that this worker knows. */
export const findCluster = (clusters: ReadonlyMap<string, Cluster>, name: string): Cluster => {
  const cluster = clusters.get(name);
  if (cluster) return cluster;
  throw new DecommissionFailure(
    FailureType.InvalidInput,
    `this worker ${describeMissing(clusters, name)} Correct \`cluster\`, or add it to the worker's configuration.`,
  );
};

const proveCluster = async (
  { clusters, workerIdentity = '(unnamed)' }: ActivityDependencies,
  { cluster: name, clusterIdentity }: TaskContext,
  retryable: boolean,
): Promise<Cluster> => {
  const cluster = clusters.get(name);
  if (!cluster) {
    throw new DecommissionFailure(
      FailureType.ClusterMismatch,
      `worker ${workerIdentity} ${describeMissing(clusters, name)} Add it to that worker's configuration, or stop that worker.`,
      { retryable },
    );
  }
  const identity = await cluster.readIdentity();
  if (isSameCluster(identity, clusterIdentity)) return cluster;
  throw new DecommissionFailure(
    FailureType.ClusterMismatch,
    `worker ${workerIdentity}: cluster "${name}" is not the one this task was planned for: kube-system had UID ${clusterIdentity.kubeSystemUid}, ` +
      `there it has ${identity.kubeSystemUid}. Nothing was touched there; point that worker's configuration back at the planned cluster, or stop that worker.`,
    { retryable },
  );
};

const describeMissing = (clusters: ReadonlyMap<string, Cluster>, name: string): string => {
  const known = [...clusters.keys()].map((key) => `"${key}"`).join(', ') || 'none';
  return `has no cluster named "${name.slice(0, 60)}"; it knows ${known}.`;
};

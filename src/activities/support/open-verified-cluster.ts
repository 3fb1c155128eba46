import { DecommissionFailure, FailureType } from '../../domain/run/failures.ts';
import { shareCa } from '../../domain/cluster/ca-bundle.ts';
import type { ClusterIdentity } from '../../domain/cluster/facts.ts';
import type { TaskContext } from '../../domain/run/context.ts';
import type { Cluster } from '../../ports/cluster.ts';
import type { ActivityDependencies } from './activity-dependencies.ts';

/** A proof counts for so long while the worker's connections lead to the same servers: see `Cluster.readIdentity`. */
const PROOF_SECONDS = 60;

const isSameCluster = (one: ClusterIdentity, other: ClusterIdentity): boolean =>
  one.kubeSystemUid === other.kubeSystemUid && shareCa(one.caHashes, other.caHashes);

/**
 * Returns the cluster of a task after verifying that it is the planned one: with a switched kubeconfig, "not found" would count as "done".
 *
 * @throws DecommissionFailure `ClusterMismatch`, retryable: it is another cluster, or this worker does not have it. One worker with a wrong
 *   configuration must not end a drain or its undo while other workers can continue.
 * @throws ClusterFailure
 */
export const openVerifiedCluster = (dependencies: ActivityDependencies, context: TaskContext): Promise<Cluster> =>
  proveCluster(dependencies, context, true);

/**
 * Does `work` in the cluster of a task, of which a proof of the last minute is enough. Before a failure that ends a drain is believed, the
 * identity is read again: such a failure may be due to another cluster. `work` must not take "not found" for "done" by itself.
 *
 * @throws DecommissionFailure `ClusterMismatch`, retryable: as `openVerifiedCluster`.
 * @throws ClusterFailure
 * @throws what `work` throws
 */
export const withProvenCluster = async <Result>(
  dependencies: ActivityDependencies,
  context: TaskContext,
  work: (cluster: Cluster) => Promise<Result>,
): Promise<Result> => {
  const cluster = await openProvenCluster(dependencies, context);
  try {
    return await work(cluster);
  } catch (error) {
    if (error instanceof DecommissionFailure && !error.retryable) await openVerifiedCluster(dependencies, context);
    throw error;
  }
};

/**
 * As `openVerifiedCluster`, but a proof of the last minute is enough. For reads and for writes that have the UID of their object as
 * precondition: "not found" proves nothing then.
 *
 * @throws DecommissionFailure `ClusterMismatch`, retryable: as `openVerifiedCluster`.
 * @throws ClusterFailure
 */
export const openProvenCluster = async (dependencies: ActivityDependencies, context: TaskContext): Promise<Cluster> => {
  const cluster = dependencies.clusters.get(context.cluster);
  const identity = await cluster?.readIdentity({ maxAgeSeconds: PROOF_SECONDS });
  // A mismatch is not believed before it is read again: it may be a minute old, too.
  return cluster && identity && isSameCluster(identity, context.clusterIdentity)
    ? cluster
    : await openVerifiedCluster(dependencies, context);
};

/**
 * The same at preflight, before anything is changed.
 *
 * @throws DecommissionFailure `ClusterMismatch`, not retryable: it is another cluster, or this worker does not have it.
 * @throws ClusterFailure
 */
export const openVerifiedClusterOrRefuse = (
  dependencies: ActivityDependencies,
  context: TaskContext,
): Promise<Cluster> => proveCluster(dependencies, context, false);

/**
 * The cluster of that name.
 *
 * @throws DecommissionFailure `InvalidInput`, not retryable: this worker does not have it; the message lists the ones it has.
 */
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
    `worker ${workerIdentity}: cluster "${name}" is not the one this task was planned for: ${describeDifference(clusterIdentity, identity)}. ` +
      `Nothing was changed there. Point that worker's configuration to the planned cluster, or stop that worker.`,
    { retryable },
  );
};

const describeDifference = (planned: ClusterIdentity, found: ClusterIdentity): string =>
  planned.kubeSystemUid === found.kubeSystemUid
    ? 'its kubeconfig has none of the CA certificates that it had then (while a CA is rotated, old and new have to be in it)'
    : `kube-system had UID ${planned.kubeSystemUid}, but has ${found.kubeSystemUid} there`;

const describeMissing = (clusters: ReadonlyMap<string, Cluster>, name: string): string => {
  const configured = [...clusters.keys()].map((key) => `"${key}"`).join(', ') || 'none';
  return `has no cluster named "${name.slice(0, 60)}"; its configuration has ${configured}.`;
};

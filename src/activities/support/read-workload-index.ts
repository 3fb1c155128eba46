import { setImmediate } from 'node:timers/promises';
import pMap from 'p-map';
import type { PodFacts, WorkloadFacts } from '../../domain/cluster/facts.ts';
import { toApiGroup } from '../../domain/cluster/object-kind.ts';
import { selectPods } from '../../domain/cluster/select-pods.ts';
import { ownersToRead, type Owned, type OwnerToRead, type WorkloadIndex } from '../../domain/cluster/workload-index.ts';
import type { Cluster } from '../../ports/cluster.ts';
import { isClusterFailure } from '../../ports/cluster-failure.ts';
import { recentOwnersOf } from './recent-owners.ts';

const MAX_CONCURRENT_READS = 10;
/** They take some milliseconds; of a large cluster, all together would stop the process for longer than it may. */
const MAX_PODS_AT_ONCE = 5000;

/** For reads that nothing depends on finally: each eviction is preceded by a check of its own (`ReplicaGuard`). */
export const RECENT_SECONDS = 15;

/**
 * The controllers of the pods and their own controllers (a ReplicaSet's Deployment), by UID; `null` where the owner is gone. One GET per
 * distinct owner, at most ten at a time. `maxAgeSeconds`: an owner that was read within this time is not read again (`RecentOwners`).
 *
 * @throws ClusterFailure
 */
export const readWorkloadIndex = async (
  cluster: Cluster,
  pods: readonly Owned[],
  { known = {}, maxAgeSeconds = 0 }: { readonly known?: WorkloadIndex; readonly maxAgeSeconds?: number } = {},
): Promise<WorkloadIndex> => {
  const index: Record<string, WorkloadFacts | null> = { ...known };
  for (;;) {
    await letOthersRun(pods);
    const owners = ownersToRead(pods, index);
    await letOthersRun(pods);
    if (owners.length === 0) return index;
    const read = await pMap(
      owners,
      async (next) => [next.owner.uid, await readOwner(cluster, next, maxAgeSeconds)] as const,
      { concurrency: MAX_CONCURRENT_READS },
    );
    Object.assign(index, Object.fromEntries(read));
  }
};

/** Before and after all pods of a large cluster are compared. */
const letOthersRun = async ({ length }: readonly Owned[]): Promise<void> => {
  if (length > MAX_PODS_AT_ONCE) await setImmediate();
};

/**
 * As `readWorkloadIndex` for `pods`, and for those of `neighbours` that one of their workloads selects: the input for planning budgets.
 * Other neighbours need no request.
 *
 * @throws ClusterFailure
 */
export const readSelectedIndex = async (
  cluster: Cluster,
  pods: readonly PodFacts[],
  neighbours: readonly PodFacts[],
  maxAgeSeconds = 0,
): Promise<WorkloadIndex> => {
  const index = await readWorkloadIndex(cluster, pods, { maxAgeSeconds });
  const workloads = Object.values(index).filter((workload) => workload !== null);
  const selected = new Set<PodFacts>();
  let comparedCount = 0;
  for (const { namespace, selector } of workloads) {
    const found = selectPods(neighbours, selector);
    for (const pod of found) if (pod.namespace === namespace) selected.add(pod);
    comparedCount += found.length;
    if (comparedCount < MAX_PODS_AT_ONCE) continue;
    comparedCount = 0;
    await setImmediate();
  }
  return { ...(await readWorkloadIndex(cluster, [...selected], { known: index, maxAgeSeconds })), ...index };
};

/** API groups that every run has rights for; a missing right here is a set-up error, not a property of the workload. */
const GRANTED_GROUPS = ['', 'apps', 'batch'];

/**
 * One controller; `null` when it is gone. A kind without read rights counts as existing, with unknown fields (`unreadable`).
 * `maxAgeSeconds`: a read within this time is enough.
 *
 * @throws ClusterFailure
 */
export const readOwner = async (
  cluster: Cluster,
  next: OwnerToRead,
  maxAgeSeconds = 0,
): Promise<WorkloadFacts | null> =>
  await recentOwnersOf(cluster).find(next, maxAgeSeconds, (missing) => requestOwner(cluster, missing));

const requestOwner = async (cluster: Cluster, { namespace, owner }: OwnerToRead): Promise<WorkloadFacts | null> => {
  try {
    return (await cluster.readWorkload(namespace, owner)) ?? null;
  } catch (error) {
    const isForeignKind = !GRANTED_GROUPS.includes(toApiGroup(owner.apiVersion));
    if (!isForeignKind || !isClusterFailure(error, 'Forbidden')) throw error;
    const { apiVersion, kind, name, uid } = owner;
    return { apiVersion, kind, namespace, name, uid, unreadable: true };
  }
};

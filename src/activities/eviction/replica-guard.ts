import { DecommissionFailure, FailureType } from '../../domain/run/failures.ts';
import type { OwnerReference, PodFacts, WorkloadFacts } from '../../domain/cluster/facts.ts';
import { refuseSingleReplica } from '../../domain/eviction/single-replica.ts';
import type { Cluster } from '../../ports/cluster.ts';
import { readOwner } from '../support/read-workload-index.ts';

/** A read counts as fresh this long. It limits the GETs of a workload with many pods on the node to one a second. */
const FRESH_MILLISECONDS = 1000;

interface ReplicaRead {
  readonly at: number;
  readonly workload: Promise<WorkloadFacts | null>;
}

/** Checks for single replicas again directly before an eviction: a pod may wait for hours while an autoscaler scales from three to one. */
export class ReplicaGuard {
  readonly #cluster: Cluster;
  readonly #now: () => number;
  readonly #reads = new Map<string, ReplicaRead>();

  /** `now`: milliseconds since the epoch. */
  constructor(cluster: Cluster, now: () => number) {
    this.#cluster = cluster;
    this.#now = now;
  }

  /**
   * Returns when the replicas of `workload` allow the eviction of `pod`; a deleted workload always does. Reads only.
   *
   * @throws DecommissionFailure `ConsentMissing`, not retryable: the workload has only one desired replica.
   * @throws ClusterFailure
   */
  async judge(pod: PodFacts, workload: OwnerReference): Promise<void> {
    const found = await this.#read(pod.namespace, workload);
    const refusal = refuseSingleReplica(pod, found ?? undefined, 'block');
    if (refusal === undefined) return;
    throw new DecommissionFailure(
      FailureType.ConsentMissing,
      `pods on the node need consent that the request does not give: ${refusal}`,
    );
  }

  #read(namespace: string, owner: OwnerReference): Promise<WorkloadFacts | null> {
    const now = this.#now();
    const known = this.#reads.get(owner.uid);
    if (known && now - known.at < FRESH_MILLISECONDS) return known.workload;
    const workload = readOwner(this.#cluster, { namespace, owner });
    this.#reads.set(owner.uid, { at: now, workload });
    // Current waiters get the failure; the next caller reads again.
    workload.catch(() => {
      if (this.#reads.get(owner.uid)?.workload === workload) this.#reads.delete(owner.uid);
    });
    return workload;
  }
}

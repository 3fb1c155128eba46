import type { WorkloadFacts } from '../../domain/cluster/facts.ts';
import { isOfKind } from '../../domain/cluster/object-kind.ts';
import type { OwnerToRead } from '../../domain/cluster/workload-index.ts';
import type { Cluster } from '../../ports/cluster.ts';
import { setNewest } from './set-newest.ts';

/** Only which Deployment a ReplicaSet belongs to is read from it, and that does not change: its replicas are those of the Deployment. */
const OWNED_MILLISECONDS = 60_000;

/** More are forgotten, the oldest first. */
const MAX_OWNERS = 10_000;

interface OwnerRead {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly workload: Promise<WorkloadFacts | null>;
  /** By a Deployment. */
  isOwned: boolean;
}

/**
 * The owners of pods as they were read in this process, by UID, for all nodes of a cluster: pods of one workload are on many nodes. One request
 * serves all who ask for the same owner meanwhile.
 */
export class RecentOwners {
  readonly #reads = new Map<string, OwnerRead>();
  readonly #now: () => number;

  /** @param now milliseconds since the epoch */
  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /**
   * The owner as it was at most `maxAgeSeconds` ago, or as `read` finds it now; `null`: it is gone. A failure is not remembered.
   *
   * @throws what `read` throws
   */
  async find(
    next: OwnerToRead,
    maxAgeSeconds: number,
    read: (next: OwnerToRead) => Promise<WorkloadFacts | null>,
  ): Promise<WorkloadFacts | null> {
    const known = this.#reads.get(next.owner.uid);
    return await (known !== undefined && this.#isRecent(known, maxAgeSeconds)
      ? known.workload
      : this.#begin(next, read));
  }

  #isRecent({ at, isOwned }: OwnerRead, maxAgeSeconds: number): boolean {
    const age = this.#now() - at;
    const isAllowed = maxAgeSeconds > 0 && age >= 0;
    return isAllowed && (age < maxAgeSeconds * 1000 || (isOwned && age < OWNED_MILLISECONDS));
  }

  #begin(next: OwnerToRead, read: (next: OwnerToRead) => Promise<WorkloadFacts | null>): Promise<WorkloadFacts | null> {
    const { uid } = next.owner;
    const entry: OwnerRead = { at: this.#now(), workload: read(next), isOwned: false };
    setNewest(this.#reads, uid, entry, MAX_OWNERS);
    entry.workload.then(
      (found) => {
        const controller = found?.controller;
        entry.isOwned = controller !== undefined && isOfKind(controller, 'apps', 'Deployment');
      },
      () => {
        if (this.#reads.get(uid) === entry) this.#reads.delete(uid);
      },
    );
    return entry.workload;
  }
}

const ofClusters = new WeakMap<Cluster, RecentOwners>();

/** Those of this client of a cluster: another client may have another server. */
export const recentOwnersOf = (cluster: Cluster): RecentOwners => {
  const known = ofClusters.get(cluster) ?? new RecentOwners();
  ofClusters.set(cluster, known);
  return known;
};

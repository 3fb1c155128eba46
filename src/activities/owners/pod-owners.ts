import type { WorkloadFacts } from '../../domain/cluster/facts.ts';
import { findWorkload, type Owned } from '../../domain/cluster/workload-index.ts';
import type { Cluster } from '../../ports/cluster.ts';
import { readWorkloadIndex } from '../support/read-workload-index.ts';

/** After a read that failed. */
const RETRY_MILLISECONDS = 5000;

interface OwnerRead {
  /** Null: none, or it is gone; undefined: being read, or the read failed. */
  readonly workload?: WorkloadFacts | null;
  readonly failure: string;
  /** Milliseconds since the epoch: not read again before. */
  readonly notBefore: number;
}

/** The workloads of pods, e.g. the Deployment of each ReplicaSet. Each controller is read once: what owns it does not change. */
export class PodOwners {
  readonly #cluster: Cluster;
  readonly #now: () => number;
  /** By UID of the controller. */
  readonly #reads = new Map<string, OwnerRead>();
  readonly #waiting = new Set<() => void>();

  /** `now`: milliseconds since the epoch. */
  constructor(cluster: Cluster, now: () => number) {
    this.#cluster = cluster;
    this.#now = now;
  }

  /**
   * As it was when its controller was read; null: the pod has none. Undefined: it is being read, or the last read has failed; `onRead` is called
   * once after the next read.
   */
  find(pod: Owned, onRead: () => void): WorkloadFacts | null | undefined {
    const { controller } = pod;
    if (controller === undefined) return null;
    const known = this.#reads.get(controller.uid);
    if (known?.workload !== undefined) return known.workload;
    this.#waiting.add(onRead);
    if (known === undefined || this.#now() >= known.notBefore) void this.#read(pod, controller.uid);
    return undefined;
  }

  /** The same without reading it. */
  peek({ controller }: Owned): WorkloadFacts | null | undefined {
    return this.#reads.get(controller?.uid ?? '')?.workload;
  }

  /** Why the owner of a pod is unknown; empty: it is being read. */
  failureOf({ controller }: Owned): string {
    return this.#reads.get(controller?.uid ?? '')?.failure ?? '';
  }

  /** Those of its pods are read again. */
  forget(workloadUid: string): void {
    for (const [uid, { workload }] of this.#reads) if (workload?.uid === workloadUid) this.#reads.delete(uid);
  }

  async #read(pod: Owned, uid: string): Promise<void> {
    this.#reads.set(uid, { failure: this.failureOf(pod), notBefore: Infinity });
    try {
      const workload = findWorkload(pod, await readWorkloadIndex(this.#cluster, [pod])) ?? null;
      this.#reads.set(uid, { workload, failure: '', notBefore: Infinity });
    } catch (error) {
      const failure = error instanceof Error ? error.message : String(error);
      this.#reads.set(uid, { failure, notBefore: this.#now() + RETRY_MILLISECONDS });
    }
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const onRead of waiting) onRead();
  }
}

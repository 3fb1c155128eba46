import type { EvictionTarget } from './task-context.ts';

/** A workload whose pods came back to the cordoned node this often is bound to it. */
const MAX_RETURNS = 3;

/** Notices workloads whose pods are made anew on the node that is being drained. */
export class ReturningPods {
  readonly #seenUids = new Set<string>();
  readonly #seenWorkloads = new Set<string>();
  readonly #returns = new Map<string, number>();

  /**
   * Takes one look at the node. Gives the name of a workload that has now come back three times, if any. Several new pods of one
   * workload in one look count once.
   */
  observe(targets: readonly EvictionTarget[]): string | undefined {
    const fresh = targets.filter(({ uid, workloadUid }) => workloadUid !== '' && !this.#seenUids.has(uid));
    const workloads = new Map(fresh.map(({ workloadUid, workload }) => [workloadUid, workload]));
    for (const workloadUid of workloads.keys()) {
      if (this.#seenWorkloads.has(workloadUid))
        this.#returns.set(workloadUid, (this.#returns.get(workloadUid) ?? 0) + 1);
      this.#seenWorkloads.add(workloadUid);
    }
    for (const { uid } of targets) this.#seenUids.add(uid);
    for (const [workloadUid, workload] of workloads) {
      if ((this.#returns.get(workloadUid) ?? 0) >= MAX_RETURNS) return workload;
    }
    return undefined;
  }
}

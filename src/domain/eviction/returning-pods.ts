import { toPodName } from '../cluster/pod-state.ts';
import type { EvictionTarget } from '../run/context.ts';

/** A workload whose pods came back to the cordoned node this often is bound to it. */
const MAX_RETURNS = 3;

/** Notices workloads whose pods are made anew on the node that is being drained, and bare pods that somebody makes anew by name. */
export class ReturningPods {
  readonly #seenUids = new Set<string>();
  readonly #seenMakers = new Set<string>();
  readonly #returns = new Map<string, number>();

  /**
   * Takes one look at the node. Gives the name of a workload (or of a bare pod) that has now come back three times, if any. Several new
   * pods of one workload in one look count once.
   */
  observe(targets: readonly EvictionTarget[]): string | undefined {
    const fresh = targets.filter((target) => toMaker(target) !== '' && !this.#seenUids.has(target.uid));
    const makers = new Map(fresh.map((target) => [toMaker(target), toLabel(target)]));
    for (const maker of makers.keys()) {
      if (this.#seenMakers.has(maker)) this.#returns.set(maker, (this.#returns.get(maker) ?? 0) + 1);
      this.#seenMakers.add(maker);
    }
    for (const { uid } of targets) this.#seenUids.add(uid);
    for (const [maker, label] of makers) {
      if ((this.#returns.get(maker) ?? 0) >= MAX_RETURNS) return label;
    }
    return undefined;
  }
}

/** What would make the pod anew: its workload, or for a bare pod whoever uses its name. Empty: not known. */
const toMaker = (target: EvictionTarget): string =>
  target.workloadUid === '' && target.isBare === true ? toPodName(target) : target.workloadUid;

const toLabel = (target: EvictionTarget): string =>
  target.isBare === true ? `bare pod ${toPodName(target)}` : target.workload;

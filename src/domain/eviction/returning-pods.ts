import { toPodName } from '../cluster/pod-state.ts';
import type { EvictionTarget } from '../run/context.ts';
import type { ReturningPodsData } from './returning-pods-data.ts';

/** A workload whose pods were recreated on the cordoned node this often is bound to it. */
const MAX_RETURNS = 3;

/** Detects workloads whose pods are recreated on the node being drained, and bare pods that are recreated under the same name. */
export class ReturningPods {
  readonly #seenUids: Set<string>;
  readonly #seenOwners: Set<string>;
  readonly #returns: Map<string, number>;

  constructor({ seenUids, seenOwners, returns }: ReturningPodsData = { seenUids: [], seenOwners: [], returns: [] }) {
    this.#seenUids = new Set(seenUids);
    this.#seenOwners = new Set(seenOwners);
    this.#returns = new Map(returns);
  }

  toData(): ReturningPodsData {
    return { seenUids: [...this.#seenUids], seenOwners: [...this.#seenOwners], returns: [...this.#returns] };
  }

  /**
   * Records the pods now on the node. Returns the name of a workload (or bare pod) that has now returned three times, if any. Several
   * new pods of one workload in one call count once.
   */
  observe(targets: readonly EvictionTarget[]): string | undefined {
    const added = targets.filter((target) => toOwnerKey(target) !== '' && !this.#seenUids.has(target.uid));
    const owners = new Map(added.map((target) => [toOwnerKey(target), toLabel(target)]));
    for (const owner of owners.keys()) {
      if (this.#seenOwners.has(owner)) this.#returns.set(owner, (this.#returns.get(owner) ?? 0) + 1);
      this.#seenOwners.add(owner);
    }
    for (const { uid } of targets) this.#seenUids.add(uid);
    for (const [owner, label] of owners) {
      if ((this.#returns.get(owner) ?? 0) >= MAX_RETURNS) return label;
    }
    return undefined;
  }
}

/** Identifies what recreates the pod: its workload, or for a bare pod the pod's name. Empty: unknown. */
const toOwnerKey = (target: EvictionTarget): string =>
  target.workloadUid === '' && target.isBare === true ? toPodName(target) : target.workloadUid;

const toLabel = (target: EvictionTarget): string =>
  target.isBare === true ? `unmanaged pod ${toPodName(target)}` : target.workload;

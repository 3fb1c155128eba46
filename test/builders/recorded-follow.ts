import type { FollowListener } from '../../src/ports/cluster.ts';
import type { ClusterFailure } from '../../src/ports/cluster-failure.ts';

/** A listener that records its calls, one text per call, and provides a wait for the next ones. */
export class RecordedFollow<Item extends { readonly name: string }> implements FollowListener<Item> {
  readonly calls: string[] = [];
  readonly troubles: ClusterFailure[] = [];
  /** The item of the last call. */
  latest: Item | undefined;
  #waiting: { readonly count: number; readonly resolve: () => void }[] = [];

  onSync(items: readonly Item[]): void {
    this.latest = items.at(-1);
    this.#record(`sync ${items.map(({ name }) => name).join(',')}`);
  }

  onChange(item: Item): void {
    this.latest = item;
    this.#record(`change ${item.name}`);
  }

  onRemove(item: Item): void {
    this.#record(`remove ${item.name}`);
  }

  onTrouble(failure: ClusterFailure): void {
    this.troubles.push(failure);
    this.#record(`trouble ${failure.reason}`);
  }

  /** Resolves with all calls once there are `count`. */
  async awaitCalls(count: number): Promise<readonly string[]> {
    if (this.calls.length < count) {
      await new Promise<void>((resolve) => this.#waiting.push({ count, resolve }));
    }
    return [...this.calls];
  }

  #record(call: string): void {
    this.calls.push(call);
    const ready = this.#waiting.filter(({ count }) => this.calls.length >= count);
    this.#waiting = this.#waiting.filter((entry) => !ready.includes(entry));
    for (const { resolve } of ready) {
      resolve();
    }
  }
}

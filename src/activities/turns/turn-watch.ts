import type { NodeFacts } from '../../domain/cluster/facts.ts';
import { readTurn } from '../../domain/fleet/read-turns.ts';
import type { Cluster, Follower } from '../../ports/cluster.ts';
import { ChangeSignal } from '../support/change-signal.ts';

/** Notes when a node stops counting for the limits across tasks: it has ended, or no longer waits. Call `stop` at the end. */
export class TurnWatch {
  readonly #follower: Follower;
  readonly #counted: Set<string>;
  readonly #ends = new ChangeSignal();

  /** `counted`: names of the cordoned nodes that counted before the watch began. */
  constructor(cluster: Cluster, counted: readonly string[]) {
    this.#counted = new Set(counted);
    // Nodes in work are cordoned. Those that are not yet, or wait without a cordon, are found by the next reading.
    this.#follower = cluster.followCordonedNodes({
      onSync: (nodes) => {
        const current = nodes.filter(isCounted).map(({ name }) => name);
        for (const name of this.#counted) if (!current.includes(name)) this.#end(name);
        for (const name of current) this.#counted.add(name);
      },
      onChange: (node) => {
        if (isCounted(node)) this.#counted.add(node.name);
        else this.#end(node.name);
      },
      onRemove: ({ name }) => {
        this.#end(name);
      },
      // The next reading reports it.
      onTrouble: () => undefined,
    });
  }

  #end(nodeName: string): void {
    if (this.#counted.delete(nodeName)) this.#ends.note();
  }

  /**
   * Waits for such an end, at most `milliseconds`.
   *
   * @throws CancelledFailure as `cancelled`
   */
  async next(milliseconds: number, cancelled: Promise<never>): Promise<void> {
    await this.#ends.next(milliseconds, cancelled);
  }

  stop(): void {
    this.#follower.stop();
  }
}

const isCounted = (node: NodeFacts): boolean => readTurn(node) !== undefined;

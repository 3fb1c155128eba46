import type { NodeFacts } from '../../domain/cluster/facts.ts';
import type { DecommissionFailure } from '../../domain/run/failures.ts';
import type { Cluster } from '../../ports/cluster.ts';

/** Returns why nothing more may be done to the node; undefined: it is still the task's. */
export type JudgeNode = (node: NodeFacts | undefined) => DecommissionFailure | undefined;

export interface NodeGuardSettings {
  readonly cluster: Cluster;
  readonly nodeName: string;
  readonly judge: JudgeNode;
  /** Called when the node was read and judged. */
  readonly onJudged: () => void;
}

/**
 * Whether a node is still the task's. What is followed may be older than the task's own cordon and lock, and does not contain a node that is
 * not cordoned: when it shows a loss, nothing is sent until an uncached read has confirmed or refuted that.
 */
export class NodeGuard {
  readonly #settings: NodeGuardSettings;
  #node: NodeFacts | undefined;
  #lost: DecommissionFailure | undefined;
  #isReading = false;
  /** Number of states that showed a loss; 0: the last one did not. */
  #doubts = 0;

  constructor(settings: NodeGuardSettings) {
    this.#settings = settings;
  }

  /** As last seen; undefined when there is none. */
  get node(): NodeFacts | undefined {
    return this.#node;
  }

  get lost(): DecommissionFailure | undefined {
    return this.#lost;
  }

  /** False also while that is in doubt. */
  get isOurs(): boolean {
    return this.#lost === undefined && this.#doubts === 0;
  }

  /** Takes a followed state; undefined: the node is gone or not cordoned. */
  observe(node: NodeFacts | undefined): void {
    if (node !== undefined) this.#node = node;
    this.#doubts = this.#settings.judge(node) === undefined ? 0 : this.#doubts + 1;
    this.recheck();
  }

  /** Reads the node if its state is in doubt and it is not being read; call it again after a while, because a read may fail. */
  recheck(): void {
    if (this.#doubts === 0 || this.#isReading || this.#lost) return;
    this.#isReading = true;
    void this.#read(this.#doubts);
  }

  async #read(doubts: number): Promise<void> {
    const { cluster, nodeName, judge, onJudged } = this.#settings;
    try {
      this.#node = await cluster.readNode(nodeName);
    } catch {
      // Still in doubt: the next turn reads again. The watches of the same API server report what is wrong.
      this.#isReading = false;
      return;
    }
    this.#lost = judge(this.#node);
    // A later state that showed a loss is not refuted by a read that may have begun before it.
    if (this.#lost === undefined && this.#doubts === doubts) this.#doubts = 0;
    this.#isReading = false;
    onJudged();
  }
}

import { toBudgetName } from '../../domain/budgets/covering.ts';
import type { DisruptionBudgetFacts, NodeFacts, PodFacts } from '../../domain/cluster/facts.ts';
import type { Cluster, Follower, FollowListener } from '../../ports/cluster.ts';
import type { ClusterFailure } from '../../ports/cluster-failure.ts';

type FollowedKind = 'pods' | 'budgets';

export interface FollowedEvents {
  /** A new LIST of all budgets. */
  readonly onBudgetsListed: () => void;
  /** One budget changed or is gone; called before `onEvent`. */
  readonly onBudget: (budget: DisruptionBudgetFacts) => void;
  /** After each event of pods or budgets. */
  readonly onEvent: () => void;
  /** Why the cluster cannot be watched; empty when it can. Called only with changes. */
  readonly onTrouble: (trouble: string) => void;
}

/** What the coordinator of a node knows of the cluster: LIST and WATCH of the node's pods, of the budgets and of the Node. */
export class FollowedFacts {
  readonly #cluster: Cluster;
  readonly #nodeName: string;
  readonly #events: FollowedEvents;
  readonly #troubles = new Map<FollowedKind, string>();
  /** By UID; undefined until the first LIST. */
  #pods: Map<string, PodFacts> | undefined;
  /** By `namespace/name`; undefined until the first LIST. */
  #budgets: Map<string, DisruptionBudgetFacts> | undefined;
  #node: NodeFacts | undefined;
  #followers: readonly Follower[] = [];

  constructor(cluster: Cluster, nodeName: string, events: FollowedEvents) {
    this.#cluster = cluster;
    this.#nodeName = nodeName;
    this.#events = events;
  }

  get pods(): ReadonlyMap<string, PodFacts> | undefined {
    return this.#pods;
  }

  get budgets(): ReadonlyMap<string, DisruptionBudgetFacts> | undefined {
    return this.#budgets;
  }

  /** As last seen; undefined before `followNode`, and when there is none. */
  get node(): NodeFacts | undefined {
    return this.#node;
  }

  /** Why the cluster cannot be watched; empty when it can. */
  get trouble(): string {
    return [...new Set(this.#troubles.values())].filter((message) => message !== '').join('; ');
  }

  /** Starts the watches of pods and budgets. */
  start(): void {
    this.#followers = [
      this.#cluster.followPodsOnNode(
        this.#nodeName,
        this.#toListener<PodFacts>('pods', {
          onSync: (pods) => {
            this.#pods = new Map(pods.map((pod) => [pod.uid, pod]));
          },
          onChange: (pod) => this.#pods?.set(pod.uid, pod),
          onRemove: (pod) => this.#pods?.delete(pod.uid),
        }),
      ),
      this.#cluster.followBudgets(
        this.#toListener<DisruptionBudgetFacts>('budgets', {
          onSync: (budgets) => {
            this.#budgets = new Map(budgets.map((budget) => [toBudgetName(budget), budget]));
            this.#events.onBudgetsListed();
          },
          onChange: (budget) => {
            this.#budgets?.set(toBudgetName(budget), budget);
            this.#events.onBudget(budget);
          },
          onRemove: (budget) => {
            this.#budgets?.delete(toBudgetName(budget));
            this.#events.onBudget(budget);
          },
        }),
      ),
    ];
  }

  /** Also watches the Node; call it after `start`. */
  followNode(onNode: (node: NodeFacts | undefined) => void): void {
    const take = (node: NodeFacts | undefined): void => {
      this.#node = node;
      onNode(node);
    };
    const follower = this.#cluster.followNode(this.#nodeName, {
      onSync: ([node]) => {
        take(node);
      },
      onChange: take,
      onRemove: () => {
        take(undefined);
      },
      // The other watches report the same trouble, and the workflow reads the Node again before it continues.
      onTrouble: () => undefined,
    });
    this.#followers = [...this.#followers, follower];
  }

  /** The API server reported that it is gone, before the watch did. */
  removePod(uid: string): void {
    this.#pods?.delete(uid);
  }

  stop(): void {
    for (const follower of this.#followers) follower.stop();
  }

  /** Any event of a watch ends its trouble: a watch can recover without a new LIST. */
  #toListener<Item>(
    kind: FollowedKind,
    take: {
      readonly onSync: (items: readonly Item[]) => unknown;
      readonly onChange: (item: Item) => unknown;
      readonly onRemove: (item: Item) => unknown;
    },
  ): FollowListener<Item> {
    const handle =
      <Event>(apply: (event: Event) => unknown) =>
      (event: Event): void => {
        apply(event);
        this.#noteTrouble(kind, '');
        this.#events.onEvent();
      };
    return {
      onSync: handle(take.onSync),
      onChange: handle(take.onChange),
      onRemove: handle(take.onRemove),
      onTrouble: (failure: ClusterFailure) => {
        this.#noteTrouble(kind, failure.message);
      },
    };
  }

  #noteTrouble(kind: FollowedKind, message: string): void {
    if (message === (this.#troubles.get(kind) ?? '')) return;
    this.#troubles.set(kind, message);
    this.#events.onTrouble(this.trouble);
  }
}

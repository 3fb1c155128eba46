import type { PodFacts } from '../../domain/cluster/facts.ts';
import type { Follower } from '../../ports/cluster.ts';
import type { BudgetIndex } from './budget-index.ts';
import type { ClusterListener, FollowedCluster } from './followed-cluster.ts';

/** `onTrouble`: also why the node's pods cannot be watched; called only with changes. */
export interface FollowedEvents extends ClusterListener {
  /** There is a new LIST of the node's pods. */
  readonly onPods: () => void;
  /** One of them has changed or is gone. */
  readonly onPod: (uid: string) => void;
}

/** What the coordinator of a node knows of the cluster: LIST and WATCH of the node's pods, and what all coordinators share. */
export class FollowedFacts {
  readonly #followed: FollowedCluster;
  readonly #nodeName: string;
  readonly #events: FollowedEvents;
  #troubleWithPods = '';
  /** By UID; undefined until the first LIST. */
  #pods: Map<string, PodFacts> | undefined;
  #follower: Follower | undefined;
  #leave: (() => void) | undefined;

  constructor(followed: FollowedCluster, nodeName: string, events: FollowedEvents) {
    this.#followed = followed;
    this.#nodeName = nodeName;
    this.#events = events;
  }

  get pods(): ReadonlyMap<string, PodFacts> | undefined {
    return this.#pods;
  }

  get budgets(): BudgetIndex | undefined {
    return this.#followed.budgets;
  }

  /** Why the cluster cannot be watched; empty when it can. */
  get trouble(): string {
    return [...new Set([this.#troubleWithPods, this.#followed.trouble])].filter((message) => message !== '').join('; ');
  }

  /** Starts the watch of pods, and joins those of budgets and Nodes. */
  start(): void {
    const { onBudgetsListed, onBudget, onAllowance, onNode, onTrouble } = this.#events;
    this.#follower = this.#followPods();
    this.#leave = this.#followed.join(this.#nodeName, {
      onBudgetsListed,
      onBudget,
      onAllowance,
      onNode,
      onTrouble: () => {
        onTrouble(this.trouble);
      },
    });
  }

  /** The API server reported that it is gone, before the watch did. */
  removePod(uid: string): void {
    this.#pods?.delete(uid);
  }

  stop(): void {
    this.#follower?.stop();
    this.#leave?.();
  }

  #followPods(): Follower {
    return this.#followed.cluster.followPods(
      { nodeName: this.#nodeName },
      {
        onSync: (pods) => {
          this.#pods = new Map(pods.map((pod) => [pod.uid, pod]));
          this.#noteTrouble('');
          this.#events.onPods();
        },
        onChange: (pod) => {
          this.#pods?.set(pod.uid, pod);
          this.#noteEvent(pod.uid);
        },
        onRemove: ({ uid }) => {
          this.#pods?.delete(uid);
          this.#noteEvent(uid);
        },
        onTrouble: ({ message }) => {
          this.#noteTrouble(message);
        },
      },
    );
  }

  /** Any event of a watch ends its trouble: a watch can recover without a new LIST. */
  #noteEvent(uid: string): void {
    this.#noteTrouble('');
    this.#events.onPod(uid);
  }

  #noteTrouble(message: string): void {
    if (message === this.#troubleWithPods) return;
    this.#troubleWithPods = message;
    this.#events.onTrouble(this.trouble);
  }
}

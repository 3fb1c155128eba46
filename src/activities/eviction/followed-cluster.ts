import { toBudgetName } from '../../domain/budgets/covering.ts';
import type { DisruptionBudgetFacts, NodeFacts } from '../../domain/cluster/facts.ts';
import { isSameSelector } from '../../domain/cluster/label-selector.ts';
import type { Cluster, Follower } from '../../ports/cluster.ts';
import { BudgetIndex } from './budget-index.ts';
import { EvictionSlots } from './eviction-slots.ts';
import { refreshNode } from '../node/seen-nodes.ts';
import { OwnerLimits } from '../owners/owner-limits.ts';
import { SpentAllowance } from './spent-allowance.ts';

/** What a coordinator is notified of. */
export interface ClusterListener {
  /** There is a new LIST of all budgets. */
  readonly onBudgetsListed: () => void;
  /** One budget has changed: as it is, and as it was where it selected other pods. */
  readonly onBudget: (versions: readonly DisruptionBudgetFacts[]) => void;
  /** An eviction of any node has not used the budget that it was sent under. */
  readonly onAllowance: () => void;
  /** Of its own node; undefined: gone or not cordoned. */
  readonly onNode: (node: NodeFacts | undefined) => void;
  /** Why budgets cannot be watched; empty when they can. */
  readonly onTrouble: (trouble: string) => void;
}

/**
 * What the coordinators of one cluster share in this worker: one LIST and WATCH of all budgets and one of the cordoned Nodes, from the first
 * coordinator until the last one ends; the evictions that the status of a budget does not show yet; what limits pods without a budget; and the limit of
 * evictions in flight.
 */
export class FollowedCluster {
  readonly cluster: Cluster;
  readonly spent = new SpentAllowance();
  readonly slots: EvictionSlots;
  readonly limits: OwnerLimits;
  /** With the name of its node. */
  readonly #listeners = new Map<ClusterListener, string>();
  #budgets: BudgetIndex | undefined;
  /** Those that are cordoned, by name. */
  #nodes: Map<string, NodeFacts> | undefined;
  /** The watch of Nodes has failed, and was not resumed yet. */
  #areNodesOld = false;
  #trouble = '';
  #followers: readonly Follower[] = [];

  /** `maxConcurrentEvictions`: eviction calls in flight at once. `now`: milliseconds since the epoch. */
  constructor(cluster: Cluster, maxConcurrentEvictions: number, now: () => number) {
    this.cluster = cluster;
    this.slots = new EvictionSlots(maxConcurrentEvictions);
    this.limits = new OwnerLimits(cluster, now);
  }

  /** Undefined until the first LIST. */
  get budgets(): BudgetIndex | undefined {
    return this.#budgets;
  }

  /** By name, those that are cordoned; undefined until the first LIST. */
  get nodes(): ReadonlyMap<string, NodeFacts> | undefined {
    return this.#nodes;
  }

  /** One of them, unless it may have changed meanwhile. */
  findNode(nodeName: string): NodeFacts | undefined {
    return this.#areNodesOld ? undefined : this.#nodes?.get(nodeName);
  }

  get trouble(): string {
    return this.#trouble;
  }

  /** Follows the cluster for one more coordinator. Returns what ends that. */
  join(nodeName: string, listener: ClusterListener): () => void {
    this.#listeners.set(listener, nodeName);
    if (this.#listeners.size === 1) this.#start();
    return () => {
      if (this.#listeners.delete(listener) && this.#listeners.size === 0) this.#stop();
    };
  }

  /** The eviction was refused or not sent, so that another one may use the budget, for whichever node. */
  giveBack(budgetKey: string | undefined, podName: string): void {
    if (budgetKey === undefined) return;
    this.spent.giveBack(budgetKey, podName);
    for (const { onAllowance } of this.#listeners.keys()) onAllowance();
  }

  #start(): void {
    this.#followers = [this.#followBudgets(), this.#followNodes()];
  }

  #stop(): void {
    for (const follower of this.#followers) follower.stop();
    this.#followers = [];
    this.limits.stop();
    this.#budgets = undefined;
    this.#nodes = undefined;
    this.#trouble = '';
  }

  #followBudgets(): Follower {
    return this.cluster.followBudgets({
      onSync: (budgets) => {
        this.#budgets = new BudgetIndex(budgets);
        this.spent.clear();
        this.#noteTrouble('');
        for (const { onBudgetsListed } of this.#listeners.keys()) onBudgetsListed();
      },
      onChange: (budget) => {
        this.#noteBudget(budget, this.#budgets?.set(budget), budget);
      },
      onRemove: (budget) => {
        this.#noteBudget(budget, this.#budgets?.delete(budget), undefined);
      },
      onTrouble: ({ message }) => {
        this.#noteTrouble(message);
      },
    });
  }

  #noteBudget(
    budget: DisruptionBudgetFacts,
    before: DisruptionBudgetFacts | undefined,
    after: DisruptionBudgetFacts | undefined,
  ): void {
    this.spent.observe(toBudgetName(budget), budget);
    this.#noteTrouble('');
    const selectsSame = before !== undefined && after !== undefined && isSameSelector(before.selector, after.selector);
    const versions = (selectsSame ? [after] : [before, after]).filter((version) => version !== undefined);
    const known = versions.length === 0 ? [budget] : versions;
    for (const { onBudget } of this.#listeners.keys()) onBudget(known);
  }

  /** Any event of a watch ends its trouble: a watch can recover without a new LIST. */
  #noteTrouble(message: string): void {
    if (message === this.#trouble) return;
    this.#trouble = message;
    for (const { onTrouble } of this.#listeners.keys()) onTrouble(message);
  }

  /** Its trouble is that of the other watches, and the workflow reads the Node again before it continues. */
  #followNodes(): Follower {
    const notify = (name: string, node: NodeFacts | undefined): void => {
      for (const [{ onNode }, nodeName] of this.#listeners) if (nodeName === name) onNode(node);
    };
    return this.cluster.followCordonedNodes({
      onSync: (nodes) => {
        const byName = new Map(nodes.map((node) => [node.name, node]));
        this.#nodes = byName;
        this.#areNodesOld = false;
        for (const node of nodes) refreshNode(this.cluster, node);
        for (const [{ onNode }, nodeName] of this.#listeners) onNode(byName.get(nodeName));
      },
      onChange: (node) => {
        this.#nodes?.set(node.name, node);
        this.#areNodesOld = false;
        refreshNode(this.cluster, node);
        notify(node.name, node);
      },
      onRemove: ({ name }) => {
        this.#nodes?.delete(name);
        this.#areNodesOld = false;
        notify(name, undefined);
      },
      onTrouble: () => {
        this.#areNodesOld = true;
      },
    });
  }
}

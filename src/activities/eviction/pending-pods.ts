import { covers } from '../../domain/budgets/covering.ts';
import type { PodFacts } from '../../domain/cluster/facts.ts';
import { isWithoutNode, toPodName } from '../../domain/cluster/pod-state.ts';
import { toCountText, toShortList } from '../../domain/text/counts.ts';
import { withoutFullStop } from '../../domain/text/join-sentences.ts';
import type { Cluster } from '../../ports/cluster.ts';
import { isClusterFailure } from '../../ports/cluster-failure.ts';

const PODS_SHOWN = 3;

/** Pods that a budget counts and that have no node: until they run, it allows no eviction. */
export class PendingPods {
  readonly #cluster: Cluster;
  /** By budget: many pods reach the deadline at the same time. */
  readonly #descriptions = new Map<string, Promise<string>>();

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
  }

  /**
   * One sentence with the scheduler's reasons; empty when there are none. Read once for each budget. `budgetName`: `namespace/name`, absent
   * when no budget blocks.
   */
  async describe(budgetName: string | undefined): Promise<string> {
    if (budgetName === undefined) return '';
    const description = this.#descriptions.get(budgetName) ?? this.#read(budgetName);
    this.#descriptions.set(budgetName, description);
    return await description;
  }

  async #read(budgetName: string): Promise<string> {
    const [namespace = '', name = ''] = budgetName.split('/');
    try {
      const budget = await this.#cluster.readBudget(namespace, name);
      if (budget === undefined) return '';
      const pods = await this.#cluster.readPods({ namespace });
      const pending = pods.filter((pod) => isWithoutNode(pod) && covers(budget, pod));
      if (pending.length === 0) return '';
      const list = toShortList(pending.map(toReason), PODS_SHOWN, '; ');
      return `Budget ${budgetName} counts ${toCountText(pending.length, 'pod')} without a node: ${list}.`;
    } catch (error) {
      if (!isClusterFailure(error)) throw error;
      return `Whether pods under budget ${budgetName} wait for a node could not be read: ${error.message}.`;
    }
  }
}

const toReason = (pod: PodFacts): string =>
  `${toPodName(pod)} (${withoutFullStop(pod.unschedulableMessage ?? 'the scheduler has not tried it yet')})`;

import { coveringBudgets, toBudgetName } from '../../domain/budgets/covering.ts';
import type { DisruptionBudgetFacts, PodFacts } from '../../domain/cluster/facts.ts';
import { isFinished, isTerminating, toPodName } from '../../domain/cluster/pod-state.ts';
import { toCountText, toShortList } from '../../domain/text/counts.ts';
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

  /** One sentence with the scheduler's reasons; empty when there are none. Read once for each budget. */
  async describe(budget: DisruptionBudgetFacts | undefined): Promise<string> {
    if (budget === undefined) return '';
    const name = toBudgetName(budget);
    const description = this.#descriptions.get(name) ?? this.#read(budget, name);
    this.#descriptions.set(name, description);
    return await description;
  }

  async #read(budget: DisruptionBudgetFacts, name: string): Promise<string> {
    try {
      const pods = await this.#cluster.readPods({ namespace: budget.namespace });
      const pending = pods.filter((pod) => isWithoutNode(pod) && coveringBudgets(pod, [budget]).length > 0);
      if (pending.length === 0) return '';
      const list = toShortList(pending.map(toReason), PODS_SHOWN, '; ');
      return `Budget ${name} counts ${toCountText(pending.length, 'pod')} without a node: ${list}.`;
    } catch (error) {
      if (!isClusterFailure(error)) throw error;
      return `Whether pods under budget ${name} wait for a node could not be read: ${error.message}.`;
    }
  }
}

const isWithoutNode = (pod: PodFacts): boolean => pod.nodeName === '' && !isFinished(pod) && !isTerminating(pod);

const toReason = (pod: PodFacts): string =>
  `${toPodName(pod)} (${(pod.unschedulableMessage ?? 'the scheduler has not tried it yet').replace(/\.$/, '')})`;

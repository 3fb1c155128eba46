import { toBudgetName } from '../../domain/budgets/covering.ts';
import { describeYielding, findYielding, type YieldingBudget } from '../../domain/budgets/yielding.ts';
import type { DisruptionBudgetFacts } from '../../domain/cluster/facts.ts';
import type { Cluster } from '../../ports/cluster.ts';
import { isClusterFailure } from '../../ports/cluster-failure.ts';

/** After a failed deletion. */
const RETRY_MILLISECONDS = 5000;

interface Deletion {
  /** Milliseconds since the epoch: not tried again before. */
  readonly notBefore: number;
  /** Why the last one failed; empty while it is under way. */
  readonly failure: string;
}

/** Removes budgets of the task beside which an owner has created one: see `findYielding`. */
export class YieldedBudgets {
  readonly #cluster: Cluster;
  readonly #taskId: string;
  readonly #now: () => number;
  /** By UID. */
  readonly #deletions = new Map<string, Deletion>();

  /** `now`: milliseconds since the epoch. */
  constructor(cluster: Cluster, taskId: string, now: () => number) {
    this.#cluster = cluster;
    this.#taskId = taskId;
    this.#now = now;
  }

  /**
   * Begins the deletion of this task's budget if it is one of `covering`, which select one pod. `onRemoved` gets a sentence for the report. Returns
   * what to add to the reason of the pod's wait; empty: nothing. Never throws.
   */
  consider(covering: readonly DisruptionBudgetFacts[], onRemoved: (note: string) => void): string {
    const yielding = findYielding(covering, this.#taskId);
    if (!yielding) return '';
    const { uid } = yielding.budget;
    const earlier = this.#deletions.get(uid);
    if (!earlier || this.#now() >= earlier.notBefore) {
      this.#deletions.set(uid, { notBefore: Infinity, failure: earlier?.failure ?? '' });
      void this.#remove(yielding).then((isRemoved) => {
        if (isRemoved) onRemoved(describeYielding(yielding));
      });
    }
    const name = toBudgetName(yielding.budget);
    const failure = this.#deletions.get(uid)?.failure ?? '';
    return failure === ''
      ? `this task's budget ${name} is being removed`
      : `this task's budget ${name} could not be removed: ${failure}`;
  }

  async #remove({ budget }: YieldingBudget): Promise<boolean> {
    try {
      return (await this.#cluster.deleteBudget(budget)) !== 'otherUid';
    } catch (error) {
      // Changed since: the watch delivers the change, and it is judged again. The pod's own wait shows any other reason.
      const failure = isClusterFailure(error) ? error.message : String(error);
      this.#deletions.set(budget.uid, { notBefore: this.#now() + RETRY_MILLISECONDS, failure });
      return false;
    }
  }
}

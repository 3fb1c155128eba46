import { coveringBudgets, toBudgetName } from '../../domain/budgets/covering.ts';
import type { DisruptionBudgetFacts, PodFacts } from '../../domain/cluster/facts.ts';
import { isSameSelector } from '../../domain/cluster/label-selector.ts';

interface NamespaceBudgets {
  readonly byName: Map<string, DisruptionBudgetFacts>;
  /** Changes when a budget is added or removed, or selects other pods; not with its status. */
  version: number;
}

interface Covered {
  readonly version: number;
  /** `namespace/name`, sorted. */
  readonly names: readonly string[];
}

/**
 * All budgets of a cluster by namespace, and those that select a pod. A pod is compared with the budgets of its namespace once, and again
 * only when one of them selects other pods: a namespace may have a thousand budgets, whose status changes all the time.
 */
export class BudgetIndex {
  readonly #byNamespace = new Map<string, NamespaceBudgets>();
  readonly #covered = new WeakMap<PodFacts, Covered>();
  #lastVersion = 0;

  constructor(budgets: readonly DisruptionBudgetFacts[] = []) {
    for (const budget of budgets) this.set(budget);
  }

  /** `name`: `namespace/name`. */
  find(name: string): DisruptionBudgetFacts | undefined {
    return this.#byNamespace.get(name.slice(0, name.indexOf('/')))?.byName.get(name);
  }

  /** The budgets that select the pod, by name. */
  covering(pod: PodFacts): readonly DisruptionBudgetFacts[] {
    const budgets = this.#byNamespace.get(pod.namespace);
    if (budgets === undefined) return [];
    return this.#toNames(pod, budgets).flatMap((name) => budgets.byName.get(name) ?? []);
  }

  /** Returns the budget as it was before; undefined: it is new. */
  set(budget: DisruptionBudgetFacts): DisruptionBudgetFacts | undefined {
    const name = toBudgetName(budget);
    const budgets: NamespaceBudgets = this.#byNamespace.get(budget.namespace) ?? { byName: new Map(), version: 0 };
    const before = budgets.byName.get(name);
    this.#byNamespace.set(budget.namespace, budgets);
    budgets.byName.set(name, budget);
    if (before === undefined || !isSameSelector(before.selector, budget.selector)) this.#renew(budgets);
    return before;
  }

  /** Returns the budget as it was before; undefined: it was not there. */
  delete(budget: DisruptionBudgetFacts): DisruptionBudgetFacts | undefined {
    const name = toBudgetName(budget);
    const budgets = this.#byNamespace.get(budget.namespace);
    const before = budgets?.byName.get(name);
    if (!budgets?.byName.delete(name)) return undefined;
    this.#renew(budgets);
    if (budgets.byName.size === 0) this.#byNamespace.delete(budget.namespace);
    return before;
  }

  #toNames(pod: PodFacts, { byName, version }: NamespaceBudgets): readonly string[] {
    const known = this.#covered.get(pod);
    if (known?.version === version) return known.names;
    const names = coveringBudgets(pod, [...byName.values()]).map(toBudgetName);
    this.#covered.set(pod, { version, names });
    return names;
  }

  /** Of all namespaces: one may be removed and come back. */
  #renew(budgets: NamespaceBudgets): void {
    this.#lastVersion += 1;
    budgets.version = this.#lastVersion;
  }
}

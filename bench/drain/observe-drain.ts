import type { KubernetesObject } from '../../stack/cluster-fixtures/kubernetes-object.ts';
import { awaitCondition } from '../../stack/processes/await-condition.ts';
import type { Stack } from '../../stack/stack.ts';
import type { DelayFigures } from '../record/benchmark-record.ts';
import { toSpread } from '../record/spread.ts';
import type { ObservedTimes } from '../rows/row-floor.ts';
import { toSlotDelays, type BudgetEvent } from './freed-slots.ts';
import { watchCollection, type CollectionEvent } from './watch-collection.ts';

/** What the benchmark saw of a drain itself. */
export interface DrainObservation {
  /** When the last of the pods that had to leave was gone, in milliseconds since the epoch. */
  readonly lastGoneAt: number;
  readonly freedToAccepted?: DelayFigures;
  /** By workload: the medians. */
  readonly observed: Readonly<Record<string, ObservedTimes>>;
}

export interface DrainObserver {
  /**
   * Waits until all pods that had to leave are gone.
   * @throws Error when one is left, or when a watch has failed.
   */
  finish(): Promise<DrainObservation>;
  stop(): void;
}

const GONE_TIMEOUT_MILLISECONDS = 60_000;

/** Starts to observe the pods of this namespace on the node, those of DaemonSets excepted, and the budgets of the namespace. */
export const observeDrain = async (stack: Stack, namespace: string, nodeName: string): Promise<DrainObserver> => {
  const pods = new PodTimes();
  const budgets = new Map<string, BudgetEvent[]>();
  const podWatch = await watchCollection(stack, `/api/v1/namespaces/${namespace}/pods`, (event) => {
    pods.record(event);
  });
  podWatch.initial.filter((pod) => pod.spec?.['nodeName'] === nodeName && !isOfDaemonSet(pod)).forEach(pods.expect);
  const budgetWatch = await watchCollection(
    stack,
    `/apis/policy/v1/namespaces/${namespace}/poddisruptionbudgets`,
    ({ type, object, at }) => {
      if (type !== 'DELETED') budgets.get(object.metadata.name)?.push(toBudgetEvent(object, at));
    },
  );
  for (const budget of budgetWatch.initial) budgets.set(budget.metadata.name, [toBudgetEvent(budget, 0)]);
  return {
    finish: async () => {
      await awaitCondition(
        `all ${pods.expectedCount} pods of ${namespace} are gone from the node`,
        () => {
          podWatch.checkOpen();
          budgetWatch.checkOpen();
          return pods.leftCount === 0;
        },
        { timeoutMilliseconds: GONE_TIMEOUT_MILLISECONDS, intervalMilliseconds: 50 },
      );
      return toObservation(pods, budgets);
    },
    stop: () => {
      podWatch.stop();
      budgetWatch.stop();
    },
  };
};

/** When pods began to terminate and when they were gone. */
class PodTimes {
  readonly #appOf = new Map<string, string>();
  readonly #terminatingAt = new Map<string, number>();
  readonly #goneAt = new Map<string, number>();

  readonly expect = ({ metadata }: KubernetesObject): void => {
    this.#appOf.set(metadata.uid ?? '', metadata.labels?.['app'] ?? '');
  };

  record({ type, object: { metadata }, at }: CollectionEvent): void {
    const { uid = '', deletionTimestamp } = metadata;
    if (!this.#appOf.has(uid)) return;
    if (deletionTimestamp !== undefined && !this.#terminatingAt.has(uid)) this.#terminatingAt.set(uid, at);
    if (type === 'DELETED') this.#goneAt.set(uid, at);
  }

  get expectedCount(): number {
    return this.#appOf.size;
  }

  get leftCount(): number {
    return this.#appOf.size - this.#goneAt.size;
  }

  get lastGoneAt(): number {
    return Math.max(...this.#goneAt.values());
  }

  get apps(): readonly string[] {
    return [...new Set(this.#appOf.values())];
  }

  /** In seconds, of the pods of one workload. */
  terminations(app: string): readonly number[] {
    return [...this.#goneAt].flatMap(([uid, at]) =>
      this.#appOf.get(uid) === app ? [(at - (this.#terminatingAt.get(uid) ?? at)) / 1000] : [],
    );
  }
}

const toObservation = (pods: PodTimes, budgets: ReadonlyMap<string, readonly BudgetEvent[]>): DrainObservation => {
  const delays = new Map([...budgets].map(([name, events]) => [name, toSlotDelays(events)]));
  const freed = toSpread([...delays.values()].flatMap(({ freedToAccepted }) => freedToAccepted));
  const toObserved = (app: string): ObservedTimes => {
    const termination = toSpread(pods.terminations(app));
    // The budget of a workload has its name.
    const round = toSpread(delays.get(app)?.acceptedToFreed ?? []);
    return {
      ...(termination === undefined ? {} : { terminationSeconds: termination.median }),
      ...(round === undefined ? {} : { roundSeconds: round.median / 1000 }),
    };
  };
  return {
    lastGoneAt: pods.lastGoneAt,
    ...(freed === undefined
      ? {}
      : { freedToAccepted: { count: freed.count, median: freed.median, longest: freed.most } }),
    observed: Object.fromEntries(pods.apps.map((app) => [app, toObserved(app)])),
  };
};

const isOfDaemonSet = ({ metadata }: KubernetesObject): boolean =>
  metadata.ownerReferences?.some(({ kind }) => kind === 'DaemonSet') === true;

const toBudgetEvent = ({ status = {} }: KubernetesObject, at: number): BudgetEvent => ({
  at,
  allowed: Number(status['disruptionsAllowed'] ?? 0),
  disrupted: Object.keys(status['disruptedPods'] ?? {}),
});

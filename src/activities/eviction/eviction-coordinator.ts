import { comparePods } from '../../domain/classify-pod.ts';
import { toDrainWave } from '../../domain/drain-wave.ts';
import { toBudgetName } from '../../domain/covering-budgets.ts';
import type { DisruptionBudgetFacts, PodFacts } from '../../domain/facts.ts';
import { judgeEviction } from '../../domain/judge-eviction.ts';
import type { Cluster, EvictionAnswer, Follower } from '../../ports/cluster.ts';
import type { ClusterFailure } from '../../ports/cluster-failure.ts';
import { EvictionEntry } from './eviction-entry.ts';
import type { EvictionOrder } from './eviction-order.ts';
import { SpentAllowance } from './spent-allowance.ts';

export interface CoordinatorSettings {
  readonly cluster: Cluster;
  readonly nodeName: string;
  /** Eviction calls under way at once. */
  readonly maxConcurrentEvictions: number;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** A wake-up that no watch event brings: a deadline, the end of a backoff, a look in case an event was lost. */
const MAX_TURN_INTERVAL_MILLISECONDS = 5000;

/**
 * Empties one node, in one worker: owns the LIST and WATCH of its pods and of the budgets, and decides which eviction goes out next.
 * Ordinary pods go before system-critical ones. A pod that a budget blocks keeps nobody else waiting; a freed budget wakes the next at once.
 */
export class EvictionCoordinator {
  readonly #settings: CoordinatorSettings;
  readonly #entries = new Map<string, EvictionEntry>();
  readonly #spent = new SpentAllowance();
  #pods: Map<string, PodFacts> | undefined;
  #budgets: Map<string, DisruptionBudgetFacts> | undefined;
  #followers: readonly Follower[] = [];
  #timer: NodeJS.Timeout | undefined;
  #inFlightCount = 0;

  constructor(settings: CoordinatorSettings) {
    this.#settings = settings;
  }

  /** Starts to follow the node. */
  start(): void {
    const { cluster, nodeName } = this.#settings;
    const onTrouble = (failure: ClusterFailure): void => {
      this.#reportTrouble(failure);
    };
    this.#followers = [
      cluster.followPodsOnNode(nodeName, {
        onSync: (pods) => {
          this.#pods = new Map(pods.map((pod) => [pod.uid, pod]));
          this.#turn();
        },
        onChange: (pod) => {
          this.#pods?.set(pod.uid, pod);
          this.#turn();
        },
        onRemove: (pod) => {
          this.#pods?.delete(pod.uid);
          this.#turn();
        },
        onTrouble,
      }),
      cluster.followBudgets({
        onSync: (budgets) => {
          this.#budgets = new Map(budgets.map((budget) => [toBudgetName(budget), budget]));
          this.#spent.clear();
          this.#wakeBlocked();
        },
        onChange: (budget) => {
          const key = toBudgetName(budget);
          this.#budgets?.set(key, budget);
          this.#spent.observe(key, budget);
          this.#wakeBlocked(key);
        },
        onRemove: (budget) => {
          this.#budgets?.delete(toBudgetName(budget));
          this.#wakeBlocked(toBudgetName(budget));
        },
        onTrouble,
      }),
    ];
  }

  /** Ends the watches; entries that still wait stay unsettled. */
  stop(): void {
    for (const follower of this.#followers) follower.stop();
    clearTimeout(this.#timer);
  }

  /** Takes over one pod; the entry's `done` settles when the pod is gone, refused for good, or late. */
  add(order: EvictionOrder): EvictionEntry {
    const entry = new EvictionEntry(order);
    this.#entries.set(entry.uid, entry);
    this.#turn();
    return entry;
  }

  /** Lets go of one pod: no further eviction is sent for it. Resolves when none is under way any more. */
  async remove(entry: EvictionEntry): Promise<void> {
    this.#entries.delete(entry.uid);
    await entry.call;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** What the remaining pods wait for, one line each, those that are blocked first. */
  toPicture(): readonly string[] {
    const order = ['Refused', 'BlockedByBudget', 'Terminating', 'Evicting', 'Queued'];
    return [...this.#entries.values()]
      .map(({ order: { pod }, progress }) => ({ pod, progress }))
      .sort((a, b) => order.indexOf(a.progress.state) - order.indexOf(b.progress.state) || comparePods(a.pod, b.pod))
      .map(({ pod, progress }) => `${pod.namespace}/${pod.name} | ${progress.state} | ${progress.message}`);
  }

  #turn(): void {
    const now = this.#settings.now();
    const entries = [...this.#entries.values()];
    for (const entry of entries) this.#observe(entry, now);
    if (this.#pods && this.#budgets) this.#sendDue(now);
    this.#schedule(now);
  }

  /** Draws the conclusions from what the watch shows: gone, on its way, too late. */
  #observe(entry: EvictionEntry, now: number): void {
    const pod = this.#pods?.get(entry.uid);
    if (this.#pods && !pod && !entry.call) {
      this.#entries.delete(entry.uid);
      entry.settleGone(new Date(now).toISOString());
      return;
    }
    if (entry.order.deadlineAt !== undefined && now >= entry.order.deadlineAt && !entry.call) {
      this.#entries.delete(entry.uid);
      entry.failDeadline();
      return;
    }
    if (pod?.deletionTimestamp !== undefined) entry.report({ state: 'Terminating', message: describeTermination(pod) });
  }

  #sendDue(now: number): void {
    const wave = this.#currentWave();
    const waiting = [...this.#entries.values()].filter(
      (entry) => !entry.call && entry.progress.state !== 'Terminating',
    );
    waiting.sort((a, b) => comparePods(a.order.pod, b.order.pod));
    for (const entry of waiting) {
      if (this.#inFlightCount >= this.#settings.maxConcurrentEvictions) return;
      const pod = this.#pods?.get(entry.uid);
      if (pod && now >= entry.notBefore) this.#sendIfAllowed(entry, pod, wave, now);
    }
  }

  #sendIfAllowed(entry: EvictionEntry, pod: PodFacts, wave: number, now: number): void {
    if (toDrainWave(pod) > wave) {
      entry.report({ state: 'Queued', message: 'system-critical: goes after the ordinary pods' });
      return;
    }
    const judgement = judgeEviction(pod, [...(this.#budgets?.values() ?? [])], this.#spent.toMap(now));
    if (judgement.kind === 'goNow') {
      entry.call = this.#send(entry, pod, judgement.budget ? toBudgetName(judgement.budget) : '');
      return;
    }
    entry.report({
      state: 'BlockedByBudget',
      message: judgement.message,
      ...('budget' in judgement ? { budget: toBudgetName(judgement.budget) } : {}),
    });
  }

  async #send(entry: EvictionEntry, pod: PodFacts, budgetKey: string): Promise<void> {
    this.#inFlightCount += 1;
    if (budgetKey) this.#spent.add(budgetKey, pod.name, this.#settings.now());
    entry.report({ state: 'Evicting', message: 'eviction sent', attempts: entry.progress.attempts + 1 });
    const answer = await this.#settings.cluster.evictPod(entry.order.pod, entry.order.gracePeriodSeconds);
    entry.call = undefined;
    this.#inFlightCount -= 1;
    if (answer.kind !== 'accepted' && budgetKey) this.#spent.giveBack(budgetKey, pod.name);
    this.#digest(entry, answer, budgetKey);
    this.#turn();
  }

  #digest(entry: EvictionEntry, answer: EvictionAnswer, budgetKey: string): void {
    const now = this.#settings.now();
    switch (answer.kind) {
      case 'accepted':
        entry.report({
          state: 'Terminating',
          message: 'eviction accepted; the pod has its grace period',
          acceptedAt: new Date(now).toISOString(),
        });
        return;
      case 'gone':
      case 'otherUid':
        this.#pods?.delete(entry.uid);
        return;
      case 'forbidden':
      case 'invalid':
        this.#entries.delete(entry.uid);
        entry.failRefused(answer.message);
        return;
      case 'blockedByBudget':
        entry.waitsForBudget = budgetKey;
        entry.backOff(now, answer.retryAfterSeconds);
        entry.report({
          state: 'BlockedByBudget',
          message: answer.message,
          ...(budgetKey ? { budget: budgetKey } : {}),
        });
        return;
      default:
        entry.backOff(now, 'retryAfterSeconds' in answer ? answer.retryAfterSeconds : undefined);
        entry.report({
          state: 'Refused',
          message: `${describeAnswer(answer.kind)}: ${answer.message}; it is tried again`,
        });
    }
  }

  /** System-critical pods (wave 1) go when none of the others is left on the node. */
  #currentWave(): number {
    const isOrdinaryLeft = [...this.#entries.values()].some((entry) => {
      const pod = this.#pods?.get(entry.uid);
      return pod !== undefined && toDrainWave(pod) === 0;
    });
    return isOrdinaryLeft ? 0 : 1;
  }

  #wakeBlocked(budgetKey?: string): void {
    for (const entry of this.#entries.values()) {
      if (budgetKey === undefined || entry.waitsForBudget === budgetKey) entry.wake();
    }
    this.#turn();
  }

  #reportTrouble(failure: ClusterFailure): void {
    for (const entry of this.#entries.values()) {
      if (entry.progress.state !== 'Terminating') entry.report({ state: 'Queued', message: failure.message });
    }
    this.#schedule(this.#settings.now());
  }

  #schedule(now: number): void {
    clearTimeout(this.#timer);
    if (this.#entries.size === 0) return;
    const moments = [...this.#entries.values()].flatMap(({ notBefore, order }) => [
      notBefore,
      order.deadlineAt ?? Infinity,
    ]);
    const next = Math.min(...moments.filter((at) => at > now), now + MAX_TURN_INTERVAL_MILLISECONDS);
    this.#timer = setTimeout(() => {
      this.#turn();
    }, next - now);
  }
}

const describeTermination = (pod: PodFacts): string =>
  pod.finalizers.length > 0
    ? `terminating, held by finalizers ${pod.finalizers.join(', ')}`
    : `terminating, grace ends ${pod.deletionTimestamp ?? ''}`;

const describeAnswer = (
  kind: 'multipleBudgets' | 'throttled' | 'namespaceTerminating' | 'denied' | 'serverError' | 'unknown',
): string =>
  ({
    multipleBudgets: 'more than one budget covers the pod, which the Eviction API refuses',
    throttled: 'the API server is throttling',
    namespaceTerminating: 'the namespace is being deleted',
    denied: 'an admission webhook says no',
    serverError: 'the API server failed',
    unknown: 'no answer, so it may have been carried out',
  })[kind];

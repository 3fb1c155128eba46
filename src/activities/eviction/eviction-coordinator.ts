import { comparePods } from '../../domain/eviction/classify-pod.ts';
import { toDeletionMoment } from '../../domain/eviction/deletion-moment.ts';
import { toDrainWave } from '../../domain/eviction/drain-wave.ts';
import { toBudgetName } from '../../domain/budgets/covering.ts';
import type { DecommissionFailure } from '../../domain/run/failures.ts';
import type { DisruptionBudgetFacts, NodeFacts, PodFacts } from '../../domain/cluster/facts.ts';
import { judgeEviction, type EvictionJudgement } from '../../domain/eviction/judge-eviction.ts';
import { describeBlock, describeCompletion, describeTermination } from '../../domain/eviction/stuck-pod.ts';
import { isFinished } from '../../domain/cluster/pod-state.ts';
import type { Cluster, EvictionAnswer } from '../../ports/cluster.ts';
import { BudgetLanes } from './budget-lanes.ts';
import { deleteAtDeadline } from './delete-at-deadline.ts';
import { digestAnswer, digestFailure } from './digest-answer.ts';
import { EvictionEntry } from './eviction-entry.ts';
import type { EvictionRequest } from './eviction-request.ts';
import { FollowedFacts } from './followed-facts.ts';
import { ReplicaGuard } from './replica-guard.ts';
import { SpentAllowance } from './spent-allowance.ts';
import { toDrainProgress } from './to-drain-progress.ts';
import { YieldedBudgets } from './yielded-budgets.ts';

export interface CoordinatorSettings {
  readonly cluster: Cluster;
  readonly nodeName: string;
  readonly taskId: string;
  /** Eviction calls in flight at once. */
  readonly maxConcurrentEvictions: number;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** A wake-up without a watch event: a deadline, the end of a backoff, a check in case an event was lost. */
const MAX_TURN_INTERVAL_MILLISECONDS = 5000;
/** Activities start one after another; when none has registered for this long, only system-critical pods are left. */
const LAST_REGISTRATION_MILLISECONDS = 1000;

/** The kubelet kills containers two seconds after a preStop hook has used up the grace period, and then removes the pod. */
const LATE_MILLISECONDS = 5000;

const isLate = ({ deletionTimestamp = '' }: PodFacts, now: number): boolean =>
  now > Date.parse(deletionTimestamp) + LATE_MILLISECONDS;

/**
 * Drains one node, in one worker: owns the LIST and WATCH of its pods and of the budgets, and decides which eviction is sent next.
 * Ordinary pods are evicted before system-critical ones. A pod that a budget blocks does not delay others; when a budget allows evictions
 * again, the next one is sent at once.
 */
export class EvictionCoordinator {
  readonly #settings: CoordinatorSettings;
  readonly #entries = new Map<string, EvictionEntry>();
  readonly #spent = new SpentAllowance();
  readonly #replicas: ReplicaGuard;
  readonly #lanes = new BudgetLanes();
  readonly #yielded: YieldedBudgets;
  readonly #facts: FollowedFacts;
  #timer: NodeJS.Timeout | undefined;
  #inFlightCount = 0;
  #lost: DecommissionFailure | undefined;
  #lastAddedAt = 0;
  #isStopped = false;

  constructor(settings: CoordinatorSettings) {
    this.#settings = settings;
    this.#replicas = new ReplicaGuard(settings.cluster, settings.now);
    this.#yielded = new YieldedBudgets(settings.cluster, settings.taskId, settings.now);
    this.#facts = new FollowedFacts(settings.cluster, settings.nodeName, {
      onBudgetsListed: () => {
        this.#spent.clear();
        this.#wakeBlocked();
      },
      onBudget: (budget) => {
        this.#spent.observe(toBudgetName(budget), budget);
        this.#wakeBlocked(budget);
      },
      onEvent: () => {
        this.#turn();
      },
      // Adds to the reason of each wait instead of replacing it: that reason may still apply.
      onTrouble: (trouble) => {
        for (const entry of this.#entries.values()) entry.noteTrouble(trouble);
      },
    });
  }

  /** Starts the watches of the node's pods and of the budgets. */
  start(): void {
    this.#facts.start();
  }

  /**
   * Also watches the Node; call it after `start`. When `judge` returns a failure, nothing more is sent: entries whose eviction was
   * accepted end as terminating, the others with that failure.
   */
  guard(judge: (node: NodeFacts | undefined) => DecommissionFailure | undefined): void {
    this.#facts.followNode((node) => {
      this.#lost ??= judge(node);
      if (this.#lost) this.#turn();
    });
  }

  /** Ends the watches; waiting entries stay unsettled. */
  stop(): void {
    this.#isStopped = true;
    this.#facts.stop();
    clearTimeout(this.#timer);
  }

  /**
   * Adds one pod; the entry's `done` settles when the pod is gone, finally refused, or past its deadline. A new attempt of an activity
   * replaces one that is still registered and takes over its progress; the old entry's `done` stays unsettled.
   */
  add(request: EvictionRequest): EvictionEntry {
    const entry = new EvictionEntry(request, this.#settings.now());
    const superseded = this.#entries.get(entry.uid);
    this.#entries.set(entry.uid, entry);
    this.#lastAddedAt = this.#settings.now();
    entry.noteTrouble(this.#facts.trouble);
    if (superseded) void this.#inherit(entry, superseded);
    this.#turn();
    return entry;
  }

  /** Removes one pod: no further eviction is sent for it. Resolves when none is in flight. */
  async remove(entry: EvictionEntry): Promise<void> {
    this.#forget(entry);
    await entry.call;
  }

  /** What the remaining pods are waiting for, one line each, blocked pods first. */
  toDrainProgress(): readonly string[] {
    return toDrainProgress(this.#entries.values());
  }

  #forget(entry: EvictionEntry): void {
    if (this.#entries.get(entry.uid) === entry) this.#entries.delete(entry.uid);
  }

  /** Nothing is sent for the new entry before the old one's call has ended. */
  async #inherit(entry: EvictionEntry, superseded: EvictionEntry): Promise<void> {
    const inherit = (): void => {
      if (superseded.progress.attempts >= entry.progress.attempts) entry.takeOver(superseded.progress);
    };
    if (!superseded.call) {
      inherit();
      return;
    }
    entry.call = superseded.call.then(() => {
      entry.call = undefined;
      inherit();
    });
    await entry.call;
    this.#turn();
  }

  #turn(): void {
    if (this.#isStopped) return;
    const now = this.#settings.now();
    for (const entry of [...this.#entries.values()]) this.#observe(entry, now);
    if (this.#facts.pods && this.#facts.budgets) this.#sendDue(now);
    for (const entry of this.#entries.values()) this.#deleteIfDue(entry, now);
    this.#schedule(now);
  }

  #observe(entry: EvictionEntry, now: number): void {
    const pod = this.#facts.pods?.get(entry.uid);
    if (!entry.call && this.#settleEnded(entry, pod, now)) {
      this.#forget(entry);
      return;
    }
    if (pod?.deletionTimestamp !== undefined)
      entry.noteTerminating(describeTermination(pod, this.#facts.node, isLate(pod, now)));
  }

  /** Settles an entry that ended: its pod is gone, ownership of the node is lost, or its deadline passed. */
  #settleEnded(entry: EvictionEntry, pod: PodFacts | undefined, now: number): boolean {
    const isGone = this.#facts.pods !== undefined && pod === undefined;
    if (isGone) entry.settleGone(new Date(now).toISOString());
    else if (this.#lost) entry.settleAbandoned(this.#lost);
    else if (now >= (entry.request.deadlineAt ?? Infinity)) entry.failDeadline();
    else return false;
    return true;
  }

  #sendDue(now: number): void {
    const wave = this.#currentWave(now);
    const waiting = [...this.#entries.values()].filter((entry) => entry.canBeSent(now));
    // Pods whose evictions fail come last: each of them may cost a webhook's time-out, and the others would never be sent.
    waiting.sort((a, b) => a.progress.attempts - b.progress.attempts || comparePods(a.request.pod, b.request.pod));
    for (const entry of waiting) {
      if (this.#inFlightCount >= this.#settings.maxConcurrentEvictions) return;
      const pod = this.#facts.pods?.get(entry.uid);
      if (pod) this.#sendIfAllowed(entry, pod, wave, now);
    }
  }

  #sendIfAllowed(entry: EvictionEntry, pod: PodFacts, wave: number, now: number): void {
    const { awaitedJob } = entry.request;
    if (awaitedJob !== undefined && !isFinished(pod)) {
      entry.report({ state: 'AwaitsCompletion', ...describeCompletion(awaitedJob) });
      return;
    }
    if (toDrainWave(pod) > wave) {
      entry.report({ state: 'Queued', message: 'system-critical: evicted after the other pods' });
      return;
    }
    const judgement = judgeEviction(pod, [...(this.#facts.budgets?.values() ?? [])], this.#spent.toMap(now));
    if (judgement.kind !== 'goNow') {
      this.#reportBlock(entry, judgement);
      return;
    }
    const budgetKey = judgement.budget && toBudgetName(judgement.budget);
    if (budgetKey !== undefined && this.#lanes.isBusy(budgetKey, now)) return;
    entry.call = this.#send(entry, pod, budgetKey);
  }

  #reportBlock(entry: EvictionEntry, judgement: Exclude<EvictionJudgement, { readonly kind: 'goNow' }>): void {
    const { message, stuck } = describeBlock(judgement);
    const yielded = judgement.kind === 'multipleBudgets' ? this.#yieldBudget(entry, judgement.names) : '';
    entry.report({
      state: 'BlockedByBudget',
      message: yielded === '' ? message : `${message}; ${yielded}`,
      ...(stuck === undefined ? {} : { stuck }),
      ...('budget' in judgement ? { budget: toBudgetName(judgement.budget) } : {}),
    });
  }

  /** An owner's new budget protects the pod now. Returns what to add to the reason of the wait. */
  #yieldBudget(entry: EvictionEntry, budgetNames: readonly string[]): string {
    const covering = budgetNames.flatMap((name) => this.#facts.budgets?.get(name) ?? []);
    return this.#yielded.consider(covering, (note) => {
      entry.addNote(note);
    });
  }

  async #send(entry: EvictionEntry, pod: PodFacts, budgetKey?: string): Promise<void> {
    const { now } = this.#settings;
    const judgedVersion = this.#versionOf(budgetKey);
    this.#inFlightCount += 1;
    const leaveLane = budgetKey === undefined ? undefined : this.#lanes.enter(budgetKey, now());
    if (budgetKey !== undefined) this.#spent.add(budgetKey, pod.name, now());
    const takeOutcome = await this.#sendIfStillRight(entry, pod).then(
      (answer) => () => {
        if (answer?.kind !== 'accepted') this.#spent.giveBack(budgetKey, pod.name);
        if (answer === undefined) return;
        const hasBudgetChanged = this.#versionOf(budgetKey) !== judgedVersion;
        const end = digestAnswer(entry, answer, { now: now(), budgetKey, hasBudgetChanged });
        if (end === 'gone') this.#facts.removePod(entry.uid);
        if (end === 'refused') this.#forget(entry);
      },
      (error: unknown) => () => {
        this.#spent.giveBack(budgetKey, pod.name);
        if (digestFailure(entry, error, now()) === 'refused') this.#forget(entry);
      },
    );
    entry.call = undefined;
    this.#inFlightCount -= 1;
    leaveLane?.();
    takeOutcome();
    this.#turn();
  }

  /** Undefined when nothing was sent: it was cancelled during the reads before it, or an earlier eviction took effect. */
  async #sendIfStillRight(entry: EvictionEntry, pod: PodFacts): Promise<EvictionAnswer | undefined> {
    const { cluster, now } = this.#settings;
    const { replicasOf, gracePeriodSeconds } = entry.request;
    if (entry.progress.unansweredAt !== undefined && (await this.#hasTakenEffect(entry))) return undefined;
    if (replicasOf) await this.#replicas.judge(pod, replicasOf);
    if (!this.#isStillDue(entry)) return undefined;
    entry.noteSent(now());
    return await cluster.evictPod(entry.request.pod, gracePeriodSeconds);
  }

  /** Whether an eviction without a response removed the pod: the watch may not show it yet, and no pod is evicted twice. */
  async #hasTakenEffect(entry: EvictionEntry): Promise<boolean> {
    const { namespace, name } = entry.request.pod;
    const found = await this.#settings.cluster.readPod(namespace, name);
    if (found?.uid === entry.uid && found.deletionTimestamp === undefined) return false;
    if (found?.uid === entry.uid) entry.noteTerminating(describeTermination(found, this.#facts.node, false));
    else this.#facts.removePod(entry.uid);
    return true;
  }

  /** The hard end: shortly before the deadline a pod that still runs is deleted, whatever keeps its eviction from being sent. */
  #deleteIfDue(entry: EvictionEntry, now: number): void {
    const pod = this.#facts.pods?.get(entry.uid);
    if (!pod || entry.call || now < this.#deletionMomentOf(entry) || !this.#isStillDue(entry)) return;
    if (now < entry.deleteNotBefore) return;
    entry.call = deleteAtDeadline(this.#settings.cluster, entry, this.#settings.now).then(() => {
      entry.call = undefined;
      this.#turn();
    });
  }

  /** Infinity: never. */
  #deletionMomentOf({ uid, addedAt, request, progress }: EvictionEntry): number {
    const pod = this.#facts.pods?.get(uid);
    const { deadlineAt, deletesAtDeadline } = request;
    if (!pod || deadlineAt === undefined || deletesAtDeadline !== true) return Infinity;
    return progress.deletedAt === undefined ? toDeletionMoment(pod, { startedAt: addedAt, deadlineAt }) : Infinity;
  }

  #isStillDue(entry: EvictionEntry): boolean {
    const pod = this.#facts.pods?.get(entry.uid);
    const isInTime = this.#settings.now() < (entry.request.deadlineAt ?? Infinity);
    const isWanted = !this.#isStopped && !this.#lost && !entry.request.signal.aborted;
    const isThere = pod !== undefined && pod.deletionTimestamp === undefined;
    return isWanted && isInTime && isThere && this.#entries.get(entry.uid) === entry;
  }

  #versionOf(budgetKey: string | undefined): string | undefined {
    return budgetKey === undefined ? undefined : this.#facts.budgets?.get(budgetKey)?.resourceVersion;
  }

  /** System-critical pods (wave 1) are evicted when no others are left on the node. */
  #currentWave(now: number): number {
    if (now < this.#lastAddedAt + LAST_REGISTRATION_MILLISECONDS) return 0;
    const isOrdinaryLeft = [...this.#entries.values()].some((entry) => {
      const pod = this.#facts.pods?.get(entry.uid);
      return pod !== undefined && toDrainWave(pod) === 0;
    });
    return isOrdinaryLeft ? 0 : 1;
  }

  #wakeBlocked(budget?: DisruptionBudgetFacts): void {
    for (const entry of this.#entries.values()) if (entry.isBlockedBy(budget)) entry.wake();
  }

  #schedule(now: number): void {
    clearTimeout(this.#timer);
    if (this.#entries.size === 0) return;
    const moments = [...this.#entries.values()].flatMap(({ notBefore, request }) => [
      notBefore,
      request.deadlineAt ?? Infinity,
    ]);
    moments.push(...[...this.#entries.values()].map((entry) => this.#deletionMomentOf(entry)));
    moments.push(this.#lastAddedAt + LAST_REGISTRATION_MILLISECONDS, ...this.#lanes.toMoments());
    const next = Math.min(...moments.filter((at) => at > now), now + MAX_TURN_INTERVAL_MILLISECONDS);
    this.#timer = setTimeout(() => {
      this.#turn();
    }, next - now);
  }
}

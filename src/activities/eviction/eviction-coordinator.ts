import { comparePods } from '../../domain/eviction/classify-pod.ts';
import { covers, toBudgetName } from '../../domain/budgets/covering.ts';
import type { DisruptionBudgetFacts, PodFacts } from '../../domain/cluster/facts.ts';
import { judgeEviction, type EvictionJudgement } from '../../domain/eviction/judge-eviction.ts';
import { describeBlock, describeCompletion } from '../../domain/eviction/stuck-pod.ts';
import { isFinished } from '../../domain/cluster/pod-state.ts';
import type { EvictionAnswer } from '../../ports/cluster.ts';
import { CoordinatorTurns } from './coordinator-turns.ts';
import { deleteAtDeadline, toMomentOfDeletion } from './delete-at-deadline.ts';
import { digestAnswer, digestFailure } from './digest-answer.ts';
import { EvictionEntry } from './eviction-entry.ts';
import type { EvictionRequest } from './eviction-request.ts';
import type { FollowedCluster } from './followed-cluster.ts';
import { FollowedFacts } from './followed-facts.ts';
import { NodeGuard, type JudgeNode } from './node-guard.ts';
import { chargeEviction, type Charge } from '../owners/charge-eviction.ts';
import { ReplicaGuard } from './replica-guard.ts';
import { toDrainProgress } from './to-drain-progress.ts';
import { YieldedBudgets } from './yielded-budgets.ts';

export interface CoordinatorSettings {
  /** Shared by the coordinators of its cluster. */
  readonly followed: FollowedCluster;
  readonly nodeName: string;
  readonly taskId: string;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** A wake-up without a watch event: a deadline, the end of a backoff, a check in case an event was lost. */
const MAX_TURN_INTERVAL_MILLISECONDS = 5000;

/**
 * Drains one node, in one worker: owns the LIST and WATCH of its pods, shares those of budgets and Nodes with the coordinators of other nodes,
 * and decides which eviction is sent next. Events that arrive together are handled in one turn, and those that concern none of its pods in none.
 * A pod that a budget blocks does not delay others; when a budget allows evictions again, the next one is sent at once. Which pods may be evicted
 * at all is the workflow's decision (`planWave`): a worker knows only those pods whose activities it runs.
 */
export class EvictionCoordinator {
  readonly #settings: CoordinatorSettings;
  readonly #entries = new Map<string, EvictionEntry>();
  readonly #replicas: ReplicaGuard;
  readonly #yielded: YieldedBudgets;
  readonly #facts: FollowedFacts;
  readonly #turns: CoordinatorTurns;
  #guard: NodeGuard | undefined;
  #isStopped = false;

  constructor(settings: CoordinatorSettings) {
    const { followed, nodeName, taskId, now } = settings;
    this.#settings = settings;
    this.#turns = new CoordinatorTurns({
      slots: followed.slots,
      now,
      run: this.#turn,
      toWaiting: () => [...this.#entries.values()].flatMap((entry) => (entry.isSent ? [] : entry.uid)),
      fail: (error) => {
        for (const entry of this.#entries.values()) entry.fail(error);
      },
    });
    this.#replicas = new ReplicaGuard(followed.cluster);
    this.#yielded = new YieldedBudgets(followed.cluster, taskId, now);
    this.#facts = new FollowedFacts(followed, nodeName, {
      onPods: this.#turns.request,
      onPod: (uid) => {
        if (this.#entries.has(uid)) this.#turns.requestFor([uid]);
      },
      onBudgetsListed: () => {
        for (const entry of this.#entries.values()) if (entry.isBlockedBy()) entry.wake();
        this.#turns.request();
      },
      onBudget: (versions) => {
        this.#takeBudget(versions);
      },
      onAllowance: this.#turns.requestForWaiting,
      onNode: (node) => this.#guard?.observe(node),
      // Adds to the reason of each wait instead of replacing it: that reason may still apply.
      onTrouble: (trouble) => {
        for (const entry of this.#entries.values()) entry.noteTrouble(trouble);
      },
    });
  }

  /** Starts the watch of the node's pods, and those of budgets and Nodes unless they run. */
  start(): void {
    this.#facts.start();
  }

  /**
   * Also judges the Node; call it after `start`. When `judge` returns a failure, nothing more is sent: entries whose eviction was
   * accepted end as terminating, the others with that failure.
   */
  guard(judge: JudgeNode): void {
    const { followed, nodeName } = this.#settings;
    this.#guard = new NodeGuard({ cluster: followed.cluster, nodeName, judge, onJudged: this.#turns.request });
    if (followed.nodes) this.#guard.observe(followed.nodes.get(nodeName));
  }

  /** Ends its watch, and the shared ones if it is the last; waiting entries stay unsettled. */
  stop(): void {
    this.#isStopped = true;
    this.#facts.stop();
    this.#turns.stop();
  }

  /**
   * Adds one pod; the entry's `done` settles when the pod is gone, finally refused, or past its deadline. A new attempt of an activity
   * replaces one that is still registered and takes over its progress; the old entry's `done` stays unsettled.
   */
  add(request: EvictionRequest): EvictionEntry {
    const entry = new EvictionEntry(request, this.#settings.now());
    const superseded = this.#entries.get(entry.uid);
    this.#entries.set(entry.uid, entry);
    entry.noteTrouble(this.#facts.trouble);
    if (superseded) void this.#inherit(entry, superseded);
    this.#turns.requestFor([entry.uid]);
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

  get #isOurs(): boolean {
    return this.#guard === undefined || this.#guard.isOurs;
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
    this.#turns.requestFor([entry.uid]);
  }

  readonly #turn = (now: number, only: ReadonlySet<string> | undefined): void => {
    this.#guard?.recheck();
    for (const entry of this.#toEntries(only)) this.#observe(entry, now);
    const entries = this.#toEntries(only);
    if (this.#facts.pods && this.#facts.budgets && this.#isOurs) this.#sendDue(entries, now);
    for (const entry of entries) this.#deleteIfDue(entry, now);
    this.#settings.followed.limits.releaseUnused();
    this.#schedule(entries, now);
  };

  #toEntries(only: ReadonlySet<string> | undefined): readonly EvictionEntry[] {
    return only ? [...only].flatMap((uid) => this.#entries.get(uid) ?? []) : [...this.#entries.values()];
  }

  /** A turn for those pods that the budget selects, or has selected. Runs for every pod at every event. */
  #takeBudget(versions: readonly DisruptionBudgetFacts[]): void {
    const concerned: string[] = [];
    for (const entry of this.#entries.values()) {
      for (const budget of versions) {
        if (budget.namespace !== entry.request.pod.namespace) continue;
        const isBlocked = entry.isBlockedBy(budget);
        if (isBlocked) entry.wake();
        if (isBlocked || this.#isSelected(entry, budget)) concerned.push(entry.uid);
      }
    }
    this.#turns.requestFor(concerned);
  }

  #isSelected({ uid, progress }: EvictionEntry, budget: DisruptionBudgetFacts): boolean {
    const pod = progress.state === 'Terminating' ? undefined : this.#facts.pods?.get(uid);
    return pod !== undefined && covers(budget, pod);
  }

  #observe(entry: EvictionEntry, now: number): void {
    const pod = this.#facts.pods?.get(entry.uid);
    if (!entry.call && this.#settleEnded(entry, pod, now)) {
      this.#forget(entry);
      return;
    }
    if (pod?.deletionTimestamp === undefined) return;
    const isLeft = entry.noteTerminating(pod, this.#guard?.node, now);
    if (!isLeft || entry.call) return;
    entry.settleDead();
    this.#forget(entry);
  }

  /** Settles an entry that ended: its pod is gone, ownership of the node is lost, or its deadline passed. */
  #settleEnded(entry: EvictionEntry, pod: PodFacts | undefined, now: number): boolean {
    const isGone = this.#facts.pods !== undefined && pod === undefined;
    if (isGone) entry.settleGone(new Date(now).toISOString());
    else if (this.#guard?.lost) entry.settleAbandoned(this.#guard.lost);
    else if (now >= (entry.request.deadlineAt ?? Infinity)) entry.failDeadline();
    else return false;
    return true;
  }

  #sendDue(entries: readonly EvictionEntry[], now: number): void {
    const waiting = entries.filter((entry) => entry.canBeSent(now));
    // Pods whose evictions fail come last: each of them may cost a webhook's time-out, and the others would never be sent.
    waiting.sort((a, b) => a.progress.attempts - b.progress.attempts || comparePods(a.request.pod, b.request.pod));
    for (const entry of waiting) {
      const pod = this.#facts.pods?.get(entry.uid);
      if (pod) this.#sendIfAllowed(entry, pod, now);
    }
  }

  #sendIfAllowed(entry: EvictionEntry, pod: PodFacts, now: number): void {
    const { awaitedJob } = entry.request;
    if (awaitedJob !== undefined && !isFinished(pod)) {
      entry.report({ state: 'AwaitsCompletion', ...describeCompletion(awaitedJob) });
      return;
    }
    const budgets = this.#facts.budgets?.covering(pod) ?? [];
    const { spent } = this.#settings.followed;
    const judgement = judgeEviction(pod, budgets, spent.toMap(budgets.map(toBudgetName), now));
    if (judgement.kind !== 'goNow') {
      this.#reportBlock(entry, judgement);
      return;
    }
    const { limits } = this.#settings.followed;
    const chargedTo = { budget: judgement.budget, budgets, limits };
    const charge = chargeEviction(entry, pod, chargedTo, this.#turns.requestForWaiting);
    const leave = charge && this.#turns.enter(charge.laneKey, now);
    if (leave) entry.call = this.#send(entry, pod, leave, charge);
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
    const covering = budgetNames.flatMap((name) => this.#facts.budgets?.find(name) ?? []);
    return this.#yielded.consider(covering, (note) => {
      entry.addNote(note);
    });
  }

  async #send(entry: EvictionEntry, pod: PodFacts, leave: () => void, { budgetKey, claim }: Charge): Promise<void> {
    const { now, followed } = this.#settings;
    const judgedVersion = this.#versionOf(budgetKey);
    if (budgetKey !== undefined) followed.spent.add(budgetKey, pod.name, now());
    claim?.take();
    const takeOutcome = await this.#sendIfStillRight(entry, pod).then(
      (answer) => () => {
        if (answer?.kind !== 'accepted') followed.giveBack(budgetKey, pod.name);
        claim?.settle(answer?.kind);
        if (answer === undefined) return;
        const hasBudgetChanged = this.#versionOf(budgetKey) !== judgedVersion;
        const end = digestAnswer(entry, answer, { now: now(), budgetKey, hasBudgetChanged });
        if (end === 'gone') this.#facts.removePod(entry.uid);
        if (end === 'refused') this.#forget(entry);
      },
      (error: unknown) => () => {
        followed.giveBack(budgetKey, pod.name);
        claim?.settle(undefined);
        if (digestFailure(entry, error, now()) === 'refused') this.#forget(entry);
      },
    );
    entry.call = undefined;
    takeOutcome();
    leave();
    this.#turns.requestFor([entry.uid]);
  }

  /** Undefined when nothing was sent: it was cancelled during the reads before it, or an earlier eviction took effect. */
  async #sendIfStillRight(entry: EvictionEntry, pod: PodFacts): Promise<EvictionAnswer | undefined> {
    const { followed, now } = this.#settings;
    const { replicasOf, gracePeriodSeconds } = entry.request;
    if (entry.progress.unansweredAt !== undefined && (await this.#hasTakenEffect(entry))) return undefined;
    if (replicasOf) await this.#replicas.judge(pod, replicasOf, this.#followedBudgetsOf(pod));
    if (!this.#isStillDue(entry)) return undefined;
    entry.noteSent(now());
    return await followed.cluster.evictPod(entry.request.pod, gracePeriodSeconds);
  }

  /** None while they cannot be watched: they may have changed since. */
  #followedBudgetsOf(pod: PodFacts): readonly DisruptionBudgetFacts[] {
    return this.#settings.followed.trouble === '' ? (this.#facts.budgets?.covering(pod) ?? []) : [];
  }

  /** Whether an eviction without a response removed the pod: the watch may not show it yet, and no pod is evicted twice. */
  async #hasTakenEffect(entry: EvictionEntry): Promise<boolean> {
    const { namespace, name } = entry.request.pod;
    const found = await this.#settings.followed.cluster.readPod(namespace, name);
    if (found?.uid === entry.uid && found.deletionTimestamp === undefined) return false;
    if (found?.uid === entry.uid) entry.noteTerminating(found, this.#guard?.node, this.#settings.now());
    else this.#facts.removePod(entry.uid);
    return true;
  }

  /** The hard end: shortly before the deadline a pod that still runs is deleted, whatever keeps its eviction from being sent. */
  #deleteIfDue(entry: EvictionEntry, now: number): void {
    const pod = this.#facts.pods?.get(entry.uid);
    if (!pod || entry.call || now < this.#deletionMomentOf(entry) || !this.#isStillDue(entry)) return;
    if (now < entry.deleteNotBefore) return;
    entry.call = deleteAtDeadline(this.#settings.followed.cluster, entry, this.#settings.now).then(() => {
      entry.call = undefined;
      this.#turns.requestFor([entry.uid]);
    });
  }

  #deletionMomentOf(entry: EvictionEntry): number {
    return toMomentOfDeletion(entry, this.#facts.pods?.get(entry.uid));
  }

  #isStillDue(entry: EvictionEntry): boolean {
    const pod = this.#facts.pods?.get(entry.uid);
    const isInTime = this.#settings.now() < (entry.request.deadlineAt ?? Infinity);
    const isWanted = this.#isOurs && !this.#isStopped && !entry.request.signal.aborted;
    const isThere = pod !== undefined && pod.deletionTimestamp === undefined;
    return isWanted && isInTime && isThere && this.#entries.get(entry.uid) === entry;
  }

  #versionOf(budgetKey: string | undefined): string | undefined {
    return budgetKey === undefined ? undefined : this.#facts.budgets?.find(budgetKey)?.resourceVersion;
  }

  #schedule(entries: readonly EvictionEntry[], now: number): void {
    const moments = entries.length === 0 ? [] : [now + MAX_TURN_INTERVAL_MILLISECONDS];
    for (const entry of entries) {
      moments.push(entry.notBefore, entry.request.deadlineAt ?? Infinity, this.#deletionMomentOf(entry));
    }
    this.#turns.schedule(moments, now);
  }
}

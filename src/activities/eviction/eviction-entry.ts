import { toBudgetName } from '../../domain/budgets/covering.ts';
import { DecommissionFailure, FailureType } from '../../domain/run/failures.ts';
import type { DisruptionBudgetFacts, NodeFacts, PodFacts } from '../../domain/cluster/facts.ts';
import { describeTermination, toStuckRemedy } from '../../domain/eviction/stuck-pod.ts';
import type { EvictionProgress } from '../../domain/run/status.ts';
import type { EvictionRequest, EvictionResult } from './eviction-request.ts';

const COMPLETED = 'evicted after its containers had ended (jobs: waitForCompletion)';
const RESPONSE_LOST = 'the response to the eviction was lost; the pod terminated afterwards';

/**
 * What a response proves about the evictions that were sent: that no earlier one took effect either, that this one did not, or nothing,
 * since it may hide a success.
 */
export type AnswerCertainty = 'noneBefore' | 'notThisOne' | 'nothing';

/** `namespace/name` of the budget that a pod waits for; without it, any of its namespace. */
export interface BlockingBudget {
  readonly name?: string;
}

/** The kubelet kills containers two seconds after a preStop hook has used up the grace period, and then removes the pod. */
const LATE_MILLISECONDS = 5000;

const isLate = ({ deletionTimestamp = '' }: PodFacts, now: number): boolean =>
  now > Date.parse(deletionTimestamp) + LATE_MILLISECONDS;

/** Compared for each waiting pod at each change of its budget. */
const isSameProgress = (
  { stuck, ...one }: EvictionProgress,
  { stuck: otherStuck, ...other }: EvictionProgress,
): boolean => hasSameFields(one, other) && hasSameFields(stuck, otherStuck);

const hasSameFields = <Fields extends object>(one: Fields | undefined, other: Fields | undefined): boolean => {
  if (one === undefined || other === undefined) return one === other;
  const keys = Object.keys(one) as (keyof Fields)[];
  return keys.length === Object.keys(other).length && keys.every((key) => one[key] === other[key]);
};

const FIRST_BACKOFF_MILLISECONDS = 500;
const MAX_BACKOFF_MILLISECONDS = 15_000;

/** One pod being evicted: its progress, and the promise that its activity awaits. */
export class EvictionEntry {
  readonly request: EvictionRequest;
  /** Milliseconds since the epoch: when it was registered. */
  readonly addedAt: number;
  readonly done: Promise<EvictionResult>;
  progress: EvictionProgress;
  /** The eviction call in flight, if any; never rejects. */
  call: Promise<void> | undefined;
  /** Milliseconds since the epoch: no further call before this. */
  notBefore = 0;
  /** The same for its deletion at the deadline, after one that failed. */
  deleteNotBefore = 0;
  /** The budget that the entry waits for; its change ends the wait. Undefined: it waits for no budget. */
  #blockedBy: BlockingBudget | undefined;
  #trouble = '';
  #deletionFailure = '';
  #notes: readonly string[] = [];
  /** `unansweredAt` before the current call. */
  #unansweredBefore: string | undefined;
  #backoffMilliseconds = FIRST_BACKOFF_MILLISECONDS;
  #resolve!: (result: EvictionResult) => void;
  #reject!: (failure: Error) => void;

  constructor(request: EvictionRequest, addedAt = 0) {
    this.request = request;
    this.addedAt = addedAt;
    this.progress = request.earlier ?? {
      podUid: request.pod.uid,
      state: 'Queued',
      message: 'waiting for its turn',
      attempts: 0,
    };
    this.done = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    // A cancelled activity no longer waits for it.
    this.done.catch(() => undefined);
  }

  get uid(): string {
    return this.request.pod.uid;
  }

  /** An eviction is in flight or was accepted: only its pod, its deadline or its Node can change anything. */
  get isSent(): boolean {
    return this.call !== undefined || this.progress.state === 'Terminating';
  }

  /** True when the entry itself allows a call now: none in flight, none accepted, no backoff, not cancelled. */
  canBeSent(now: number): boolean {
    return !this.isSent && now >= this.notBefore && !this.request.signal.aborted;
  }

  /** Notifies the activity if anything changed. */
  report(change: Omit<EvictionProgress, 'podUid' | 'attempts'> & { readonly attempts?: number }): void {
    const { acceptedAt, unansweredAt, deletedAt } = this.progress;
    const next: EvictionProgress = {
      podUid: this.uid,
      attempts: this.progress.attempts,
      ...(acceptedAt === undefined ? {} : { acceptedAt }),
      ...(unansweredAt === undefined ? {} : { unansweredAt }),
      ...(deletedAt === undefined ? {} : { deletedAt }),
      ...change,
    };
    const isNew = !isSameProgress(next, this.progress);
    this.progress = next;
    if (isNew) this.request.onProgress(this.toProgress());
  }

  /** Takes over the progress of another attempt for the same pod. */
  takeOver(progress: EvictionProgress): void {
    this.progress = progress;
    this.request.onProgress(this.toProgress());
  }

  /** Call before an eviction is sent, so that its heartbeat is recorded even if the worker dies before the response. */
  noteSent(now: number): void {
    const { attempts, unansweredAt } = this.progress;
    this.#unansweredBefore = unansweredAt;
    this.report({
      state: 'Evicting',
      message: 'eviction sent',
      attempts: attempts + 1,
      unansweredAt: unansweredAt ?? new Date(now).toISOString(),
    });
  }

  /** Call with the response to the call of `noteSent`; then `report` the resulting state. */
  noteAnswer(certainty: AnswerCertainty): void {
    if (certainty === 'nothing') return;
    const unansweredAt = certainty === 'notThisOne' ? this.#unansweredBefore : undefined;
    const { unansweredAt: _settled, ...rest } = this.progress;
    this.progress = unansweredAt === undefined ? rest : { ...rest, unansweredAt };
  }

  /**
   * The pod is terminating. `node`: its Node, undefined when unknown. `now`: milliseconds since the epoch. True: it is left on a dead node, as
   * `leavesDead` allows.
   */
  noteTerminating(pod: PodFacts, node: NodeFacts | undefined, now: number): boolean {
    const wait = describeTermination(pod, node, isLate(pod, now));
    this.report({ state: 'Terminating', ...wait });
    return this.request.leavesDead === true && node?.isSilent === true && wait.stuck?.cause === 'kubelet';
  }

  /** Why the cluster cannot be watched; empty when it can. Reported beside the reason of the wait. */
  noteTrouble(trouble: string): void {
    if (trouble === this.#trouble) return;
    this.#trouble = trouble;
    this.request.onProgress(this.toProgress());
  }

  /** Why its deletion at the deadline failed; empty: it did not. Reported beside the reason of the wait. */
  noteDeletionFailure(failure: string): void {
    this.#deletionFailure = failure;
    this.request.onProgress(this.toProgress());
  }

  /** A sentence for the node's report, which the result brings. */
  addNote(note: string): void {
    this.#notes = [...this.#notes, note];
  }

  /** As heartbeats and operators see it. */
  toProgress(): EvictionProgress {
    const troubles = [this.#deletionFailure, this.#trouble].filter((trouble) => trouble !== '');
    if (troubles.length === 0) return this.progress;
    return { ...this.progress, message: `${this.progress.message}; meanwhile: ${troubles.join('; ')}` };
  }

  /**
   * Waits before the next call: as long as the server requests, else twice as long each time. `blockedBy`: the budget whose change ends
   * the wait.
   */
  backOff(now: number, retryAfterSeconds?: number, blockedBy?: BlockingBudget): void {
    this.notBefore = now + (retryAfterSeconds === undefined ? this.#backoffMilliseconds : retryAfterSeconds * 1000);
    this.#backoffMilliseconds = Math.min(this.#backoffMilliseconds * 2, MAX_BACKOFF_MILLISECONDS);
    this.#blockedBy = blockedBy;
  }

  /** Whether a change of `budget` (undefined: of any) may end the wait. It never ends a wait that throttling requested. */
  isBlockedBy(budget?: DisruptionBudgetFacts): boolean {
    if (budget === undefined) return this.#blockedBy !== undefined;
    if (this.#blockedBy === undefined) return false;
    const { name } = this.#blockedBy;
    return name === undefined ? budget.namespace === this.request.pod.namespace : name === toBudgetName(budget);
  }

  /** Ends the wait: its reason no longer applies. */
  wake(): void {
    this.notBefore = 0;
    this.#blockedBy = undefined;
    this.#backoffMilliseconds = FIRST_BACKOFF_MILLISECONDS;
  }

  /** The pod is gone from the node. */
  settleGone(goneAt: string): void {
    const eviction = this.#toEviction();
    const outcome = eviction === undefined ? 'Gone' : 'Evicted';
    const { attempts, deletedAt } = this.progress;
    const completed = this.request.awaitedJob !== undefined && eviction !== undefined ? { message: COMPLETED } : {};
    const deleted =
      deletedAt === undefined ? completed : { message: `deleted at ${deletedAt}, without regard to its budgets` };
    this.#resolve({ outcome, goneAt, attempts, ...deleted, ...eviction, ...this.#toNotes() });
  }

  /**
   * Stops waiting: an accepted eviction ends as `Terminating` with what keeps the pod, as does one without a response whose pod is
   * terminating. Any other is rejected with `reason`.
   */
  settleAbandoned(reason: Error): void {
    const { acceptedAt, state } = this.progress;
    const eviction = acceptedAt !== undefined || state === 'Terminating' ? this.#toEviction() : undefined;
    if (eviction === undefined) {
      this.#reject(reason);
      return;
    }
    const { message, stuck } = this.toProgress();
    const held = stuck === undefined ? {} : { message: `${message}. ${toStuckRemedy(stuck)}` };
    this.#resolve({
      outcome: 'Terminating',
      attempts: this.progress.attempts,
      ...held,
      ...eviction,
      ...this.#toNotes(),
    });
  }

  /** Only a kubelet that does not answer could end the pod. */
  settleDead(): void {
    const { attempts, message } = this.progress;
    this.#resolve({ outcome: 'Terminating', attempts, message, ...this.#toEviction(), ...this.#toNotes() });
  }

  #toNotes(): Pick<EvictionResult, 'notes'> {
    return this.#notes.length === 0 ? {} : { notes: this.#notes };
  }

  /** The eviction that took effect, given that the pod is terminating or gone; undefined when there was none. */
  #toEviction(): Pick<EvictionResult, 'evictedAt' | 'message'> | undefined {
    const { acceptedAt, unansweredAt } = this.progress;
    if (acceptedAt !== undefined) return { evictedAt: acceptedAt };
    return unansweredAt === undefined ? undefined : { evictedAt: unansweredAt, message: RESPONSE_LOST };
  }

  /** A refusal that retrying cannot change. */
  failRefused(message: string): void {
    const { namespace, name } = this.request.pod;
    this.#reject(
      new DecommissionFailure(
        FailureType.EvictionRefused,
        `the API server refuses to evict pod ${namespace}/${name}: ${message}. Retrying does not help. Run \`node-decommission doctor\` to list missing rights.`,
      ),
    );
  }

  /** An unexpected failure. */
  fail(error: unknown): void {
    this.#reject(error instanceof Error ? error : new Error('the eviction call failed'));
  }

  /** The drain deadline passed. A terminating pod does not fail here: the next read of the node fails with `DrainTimeout`. */
  failDeadline(): void {
    const { namespace, name } = this.request.pod;
    const { state, message, stuck } = this.toProgress();
    this.settleAbandoned(
      new DecommissionFailure(
        FailureType.DrainTimeout,
        `pod ${namespace}/${name} was still on the node at the deadline (${state}: ${message}). ${toStuckRemedy(stuck)}`,
      ),
    );
  }
}

import { toBudgetName } from '../../domain/budgets/covering.ts';
import { DecommissionFailure, FailureType } from '../../domain/run/failures.ts';
import type { DisruptionBudgetFacts, PodFacts } from '../../domain/cluster/facts.ts';
import type { EvictionProgress } from '../../domain/run/status.ts';
import type { EvictionRequest, EvictionResult } from './eviction-request.ts';

const ANSWER_LOST = 'the answer to its eviction was lost, and it was seen to end afterwards';

/**
 * What an answer says of the evictions that were sent: that none before it was carried out either, that it was not this one, or
 * nothing, since it may hide a success.
 */
export type AnswerCertainty = 'noneBefore' | 'notThisOne' | 'nothing';

/** `namespace/name` of the budget that a pod waits for; without it, any of its namespace. */
export interface BlockingBudget {
  readonly name?: string;
}

const FIRST_BACKOFF_MILLISECONDS = 500;
const MAX_BACKOFF_MILLISECONDS = 15_000;

/** One pod on its way out: what we know of its eviction, and the promise that its activity awaits. */
export class EvictionEntry {
  readonly request: EvictionRequest;
  readonly done: Promise<EvictionResult>;
  progress: EvictionProgress;
  /** The eviction call that is under way, if any; never rejects. */
  call: Promise<void> | undefined;
  /** Milliseconds since the epoch: no further call before this. */
  notBefore = 0;
  /** Absent when the wait is no budget's. */
  #blockedBy: BlockingBudget | undefined;
  #trouble = '';
  /** `unansweredAt` as it was before the present call. */
  #unansweredBefore: string | undefined;
  #backoffMilliseconds = FIRST_BACKOFF_MILLISECONDS;
  #resolve!: (result: EvictionResult) => void;
  #reject!: (failure: Error) => void;

  constructor(request: EvictionRequest) {
    this.request = request;
    this.progress = request.earlier ?? {
      podUid: request.pod.uid,
      state: 'Queued',
      message: 'waits for its turn',
      attempts: 0,
    };
    this.done = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    // An activity that was cancelled does not wait for it any more.
    this.done.catch(() => undefined);
  }

  get uid(): string {
    return this.request.pod.uid;
  }

  /** True when nothing of its own speaks against a call now: none is under way, none was accepted, no backoff, not cancelled. */
  canBeSent(now: number): boolean {
    return !this.call && this.progress.state !== 'Terminating' && now >= this.notBefore && !this.request.signal.aborted;
  }

  /** Tells the activity, if anything is new. */
  report(change: Omit<EvictionProgress, 'podUid' | 'attempts'> & { readonly attempts?: number }): void {
    const { acceptedAt, unansweredAt } = this.progress;
    const next: EvictionProgress = {
      podUid: this.uid,
      attempts: this.progress.attempts,
      ...(acceptedAt === undefined ? {} : { acceptedAt }),
      ...(unansweredAt === undefined ? {} : { unansweredAt }),
      ...change,
    };
    const isNew = JSON.stringify(next) !== JSON.stringify(this.progress);
    this.progress = next;
    if (isNew) this.request.onProgress(this.toProgress());
  }

  /** What another attempt at the same pod knows. */
  takeOver(progress: EvictionProgress): void {
    this.progress = progress;
    this.request.onProgress(this.toProgress());
  }

  /** Before a call goes out, so that also a worker that dies before the answer has told of it. */
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

  /** After the call that `noteSent` told of; tell what follows from the answer with `report`. */
  noteAnswer(certainty: AnswerCertainty): void {
    if (certainty === 'nothing') return;
    const unansweredAt = certainty === 'notThisOne' ? this.#unansweredBefore : undefined;
    const { unansweredAt: _settled, ...rest } = this.progress;
    this.progress = unansweredAt === undefined ? rest : { ...rest, unansweredAt };
  }

  /** The watch shows that it ends. */
  noteTerminating({ finalizers, deletionTimestamp }: PodFacts): void {
    const message =
      finalizers.length > 0
        ? `terminating, held by finalizers ${finalizers.join(', ')}`
        : `terminating, grace ends ${deletionTimestamp ?? ''}`;
    this.report({ state: 'Terminating', message });
  }

  /** What keeps us from seeing the cluster; empty when nothing does. It is told beside the reason of the wait. */
  noteTrouble(trouble: string): void {
    if (trouble === this.#trouble) return;
    this.#trouble = trouble;
    this.request.onProgress(this.toProgress());
  }

  /** As people and heartbeats are told it. */
  toProgress(): EvictionProgress {
    if (this.#trouble === '') return this.progress;
    return { ...this.progress, message: `${this.progress.message}; meanwhile: ${this.#trouble}` };
  }

  /**
   * Waits before the next call: what the server asks for, else twice as long each time. `blockedBy`: the budget
   * whose change ends the wait.
   */
  backOff(now: number, retryAfterSeconds?: number, blockedBy?: BlockingBudget): void {
    this.notBefore = now + (retryAfterSeconds === undefined ? this.#backoffMilliseconds : retryAfterSeconds * 1000);
    this.#backoffMilliseconds = Math.min(this.#backoffMilliseconds * 2, MAX_BACKOFF_MILLISECONDS);
    this.#blockedBy = blockedBy;
  }

  /** Whether a change of `budget` (undefined: of any) may end the wait. What a server asks for while it is throttling stands. */
  isBlockedBy(budget?: DisruptionBudgetFacts): boolean {
    if (budget === undefined) return this.#blockedBy !== undefined;
    if (this.#blockedBy === undefined) return false;
    const { name } = this.#blockedBy;
    return name === undefined ? budget.namespace === this.request.pod.namespace : name === toBudgetName(budget);
  }

  /** The reason of the wait is over. */
  wake(): void {
    this.notBefore = 0;
    this.#blockedBy = undefined;
    this.#backoffMilliseconds = FIRST_BACKOFF_MILLISECONDS;
  }

  /** The pod is gone from the node. */
  settleGone(goneAt: string): void {
    const eviction = this.#toEviction();
    const outcome = eviction === undefined ? 'Gone' : 'Evicted';
    this.#resolve({ outcome, goneAt, attempts: this.progress.attempts, ...eviction });
  }

  /**
   * We stop here: an eviction that was accepted goes on without us, as does one without an answer whose pod is seen to end. Any other
   * ends with `reason`.
   */
  settleAbandoned(reason: Error): void {
    const { acceptedAt, state } = this.progress;
    const eviction = acceptedAt !== undefined || state === 'Terminating' ? this.#toEviction() : undefined;
    if (eviction === undefined) this.#reject(reason);
    else this.#resolve({ outcome: 'Terminating', attempts: this.progress.attempts, ...eviction });
  }

  /** Of our eviction, given that the pod ends; undefined when none was carried out. */
  #toEviction(): Pick<EvictionResult, 'evictedAt' | 'message'> | undefined {
    const { acceptedAt, unansweredAt } = this.progress;
    if (acceptedAt !== undefined) return { evictedAt: acceptedAt };
    return unansweredAt === undefined ? undefined : { evictedAt: unansweredAt, message: ANSWER_LOST };
  }

  /** Waiting does not help. */
  failRefused(message: string): void {
    const { namespace, name } = this.request.pod;
    this.#reject(
      new DecommissionFailure(
        FailureType.EvictionRefused,
        `the API server refuses to evict pod ${namespace}/${name}: ${message}. Waiting will not change that; \`node-decommission doctor\` names missing rights.`,
      ),
    );
  }

  /** Something that nobody foresaw. */
  fail(error: unknown): void {
    this.#reject(error instanceof Error ? error : new Error('the eviction call failed'));
  }

  /** The drain has no more time. A pod that only takes long to end does not fail here: the next look at the node says that it is late. */
  failDeadline(): void {
    const { namespace, name } = this.request.pod;
    const { state, message } = this.toProgress();
    this.settleAbandoned(
      new DecommissionFailure(
        FailureType.DrainTimeout,
        `pod ${namespace}/${name} was still on the node at the deadline (${state}: ${message}). Raise timeoutSeconds, or remove what it waits for.`,
      ),
    );
  }
}

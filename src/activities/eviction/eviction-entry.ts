import { toBudgetName } from '../../domain/covering-budgets.ts';
import { DecommissionFailure } from '../../domain/decommission-failure.ts';
import type { DisruptionBudgetFacts } from '../../domain/facts.ts';
import { FailureType } from '../../domain/failure-type.ts';
import type { EvictionProgress } from '../../domain/status.ts';
import type { EvictionOrder, EvictionResult } from './eviction-order.ts';

const FIRST_BACKOFF_MILLISECONDS = 500;
const MAX_BACKOFF_MILLISECONDS = 15_000;

/** One pod on its way out: what we know of its eviction, and the promise that its activity awaits. */
export class EvictionEntry {
  readonly order: EvictionOrder;
  readonly done: Promise<EvictionResult>;
  progress: EvictionProgress;
  /** The eviction call that is under way, if any; never rejects. */
  call: Promise<void> | undefined;
  /** Milliseconds since the epoch: no further call before this. */
  notBefore = 0;
  /** The wait is that of this budget (`''`: of one that is not known) and ends when it changes; undefined: it is no budget's. */
  #blockedBy: string | undefined;
  #trouble = '';
  #backoffMilliseconds = FIRST_BACKOFF_MILLISECONDS;
  #resolve!: (result: EvictionResult) => void;
  #reject!: (failure: Error) => void;

  constructor(order: EvictionOrder) {
    this.order = order;
    this.progress = order.earlier ?? {
      podUid: order.pod.uid,
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
    return this.order.pod.uid;
  }

  /** True when nothing of its own speaks against a call now: none is under way, none was accepted, no backoff, not cancelled. */
  canBeSent(now: number): boolean {
    return !this.call && this.progress.state !== 'Terminating' && now >= this.notBefore && !this.order.signal.aborted;
  }

  /** Tells the activity, if anything is new. */
  report(change: Omit<EvictionProgress, 'podUid' | 'attempts'> & { readonly attempts?: number }): void {
    const { acceptedAt } = this.progress;
    const next: EvictionProgress = {
      podUid: this.uid,
      attempts: this.progress.attempts,
      ...(acceptedAt === undefined ? {} : { acceptedAt }),
      ...change,
    };
    const isNew = JSON.stringify(next) !== JSON.stringify(this.progress);
    this.progress = next;
    if (isNew) this.order.onProgress(this.toProgress());
  }

  /** What keeps us from seeing the cluster; empty when nothing does. It is told beside the reason of the wait. */
  noteTrouble(trouble: string): void {
    if (trouble === this.#trouble) return;
    this.#trouble = trouble;
    this.order.onProgress(this.toProgress());
  }

  /** As people and heartbeats are told it. */
  toProgress(): EvictionProgress {
    if (this.#trouble === '') return this.progress;
    return { ...this.progress, message: `${this.progress.message}; meanwhile: ${this.#trouble}` };
  }

  /**
   * Waits before the next call: what the server asks for, else twice as long each time. `blockedBy`: the budget (`namespace/name`, or
   * empty when it is not known) whose change ends the wait.
   */
  backOff(now: number, retryAfterSeconds: number | undefined, blockedBy: string | undefined): void {
    this.notBefore = now + (retryAfterSeconds === undefined ? this.#backoffMilliseconds : retryAfterSeconds * 1000);
    this.#backoffMilliseconds = Math.min(this.#backoffMilliseconds * 2, MAX_BACKOFF_MILLISECONDS);
    this.#blockedBy = blockedBy;
  }

  /** Whether a change of `budget` (undefined: of any) may end the wait. What a server asks for while it is throttling stands. */
  isBlockedBy(budget?: DisruptionBudgetFacts): boolean {
    if (budget === undefined) return this.#blockedBy !== undefined;
    return this.#blockedBy === ''
      ? budget.namespace === this.order.pod.namespace
      : this.#blockedBy === toBudgetName(budget);
  }

  /** The reason of the wait is over. */
  wake(): void {
    this.notBefore = 0;
    this.#blockedBy = undefined;
    this.#backoffMilliseconds = FIRST_BACKOFF_MILLISECONDS;
  }

  /** The pod is gone from the node. */
  settleGone(goneAt: string): void {
    const { acceptedAt, attempts } = this.progress;
    this.#resolve({
      outcome: acceptedAt === undefined ? 'Gone' : 'Evicted',
      goneAt,
      attempts,
      ...(acceptedAt === undefined ? {} : { evictedAt: acceptedAt }),
    });
  }

  /** We stop here: an eviction that was accepted goes on without us, any other ends with `reason`. */
  settleAbandoned(reason: Error): void {
    const { acceptedAt, attempts } = this.progress;
    if (acceptedAt === undefined) this.#reject(reason);
    else this.#resolve({ outcome: 'Terminating', attempts, evictedAt: acceptedAt });
  }

  /** Waiting does not help. */
  failRefused(message: string): void {
    const { namespace, name } = this.order.pod;
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
    const { namespace, name } = this.order.pod;
    const { state, message } = this.toProgress();
    this.settleAbandoned(
      new DecommissionFailure(
        FailureType.DrainTimeout,
        `pod ${namespace}/${name} was still on the node at the deadline (${state}: ${message}). Raise timeoutSeconds, or remove what it waits for.`,
      ),
    );
  }
}

import { DecommissionFailure } from '../../domain/decommission-failure.ts';
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
  /** The wait is a budget's: a change of that budget ends it at once. */
  waitsForBudget = '';
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
  }

  get uid(): string {
    return this.order.pod.uid;
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
    if (isNew) this.order.onProgress(next);
  }

  /** Waits before the next call: what the server asks for, else twice as long each time. */
  backOff(now: number, retryAfterSeconds?: number): void {
    this.notBefore = now + (retryAfterSeconds === undefined ? this.#backoffMilliseconds : retryAfterSeconds * 1000);
    this.#backoffMilliseconds = Math.min(this.#backoffMilliseconds * 2, MAX_BACKOFF_MILLISECONDS);
  }

  /** The reason of the wait is over. */
  wake(): void {
    this.notBefore = 0;
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

  /** The run ends while the accepted eviction is still being carried out by the kubelet. */
  settleTerminating(): void {
    const { acceptedAt, attempts } = this.progress;
    this.#resolve({ outcome: 'Terminating', attempts, ...(acceptedAt === undefined ? {} : { evictedAt: acceptedAt }) });
  }

  failRefused(message: string): void {
    const { namespace, name } = this.order.pod;
    this.#reject(
      new DecommissionFailure(
        FailureType.EvictionRefused,
        `the API server refuses to evict pod ${namespace}/${name}: ${message}. Waiting will not change that; \`node-decommission doctor\` names missing rights.`,
      ),
    );
  }

  failDeadline(): void {
    const { namespace, name } = this.order.pod;
    const { state, message } = this.progress;
    this.#reject(
      new DecommissionFailure(
        FailureType.DrainTimeout,
        `pod ${namespace}/${name} was still on the node at the deadline (${state}: ${message}). Raise timeoutSeconds, or remove what it waits for.`,
      ),
    );
  }
}

import { ApplicationFailure, condition } from '@temporalio/workflow';
import { ATTRIBUTION_COMPLAINT, isAttribution } from '../../domain/run/attribution.ts';
import { FailureType } from '../../domain/run/failures.ts';
import type { Attribution, PauseState } from '../../domain/run/status.ts';
import type { WindowState } from '../../domain/windows/judge-windows.ts';

/**
 * Validator of `pause` and `resume`.
 *
 * @throws ApplicationFailure `InvalidInput`, not retryable: `by` or `reason` is missing or too long; the update is not accepted.
 */
export const validateAttribution = (attribution: unknown): void => {
  if (isAttribution(attribution)) return;
  throw ApplicationFailure.nonRetryable(ATTRIBUTION_COMPLAINT, FailureType.InvalidInput);
};

/** Where a run waits while it is paused, while no window is open, or parked until an operator resumes it. */
export class PauseGate {
  #paused: PauseState | undefined;
  #window: WindowState | undefined;
  #heldSince = 0;
  #heldMilliseconds = 0;
  #resumeCount = 0;
  readonly #onChange: () => void;

  constructor(onChange: () => void, paused?: PauseState) {
    this.#onChange = onChange;
    this.#paused = paused;
    this.#heldSince = Date.now();
  }

  get paused(): PauseState | undefined {
    return this.#paused;
  }

  /** While no window is open; undefined: nothing waits for one. */
  get closedWindow(): WindowState | undefined {
    return this.#window;
  }

  /** Paused, or outside of the windows. */
  get isHeld(): boolean {
    return this.#paused !== undefined || this.#window !== undefined;
  }

  /** Time spent paused or outside of the windows so far, in milliseconds; a deadline moves by this much. */
  get pausedMilliseconds(): number {
    return this.#heldMilliseconds + (this.isHeld ? Date.now() - this.#heldSince : 0);
  }

  pause({ by, reason }: Attribution): void {
    if (this.#paused) return;
    this.#change(() => (this.#paused = { by, reason, at: new Date().toISOString() }));
  }

  resume(): void {
    this.#resumeCount += 1;
    this.#change(() => (this.#paused = undefined));
  }

  /** `window`: none is open; undefined: ends that. */
  hold(window: WindowState | undefined): void {
    this.#change(() => (this.#window = window));
  }

  #change(apply: () => void): void {
    this.#heldMilliseconds = this.pausedMilliseconds;
    this.#heldSince = Date.now();
    apply();
    this.#onChange();
  }

  /**
   * Resolves at once unless held.
   *
   * @throws CancelledFailure the run is cancelled while it waits
   */
  async pass(): Promise<void> {
    await condition(() => !this.isHeld);
  }

  /** How often the run was resumed. */
  get resumeCount(): number {
    return this.#resumeCount;
  }

  /** Resolves when the run is resumed after the count was `seenCount`: a `resume` before the wait begins is not lost. */
  async awaitResume(seenCount: number): Promise<void> {
    await condition(() => this.#resumeCount > seenCount);
  }
}

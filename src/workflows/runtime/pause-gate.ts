import { ApplicationFailure, condition } from '@temporalio/workflow';
import { ATTRIBUTION_COMPLAINT, isAttribution } from '../../domain/run/attribution.ts';
import { FailureType } from '../../domain/run/failures.ts';
import type { Attribution, PauseState } from '../../domain/run/status.ts';

/**
 * Validator of `pause` and `resume`.
 *
 * @throws ApplicationFailure `InvalidInput`, not retryable: `by` or `reason` is missing or too long; the update is not accepted.
 */
export const validateAttribution = (attribution: unknown): void => {
  if (isAttribution(attribution)) return;
  throw ApplicationFailure.nonRetryable(ATTRIBUTION_COMPLAINT, FailureType.InvalidInput);
};

/** Where a run waits while it is paused, or parked until an operator resumes it. */
export class PauseGate {
  #paused: PauseState | undefined;
  #pausedSince = 0;
  #pausedMilliseconds = 0;
  #resumeCount = 0;
  readonly #onChange: () => void;

  constructor(onChange: () => void, paused?: PauseState) {
    this.#onChange = onChange;
    this.#paused = paused;
    this.#pausedSince = Date.now();
  }

  get paused(): PauseState | undefined {
    return this.#paused;
  }

  /** Time spent paused so far, in milliseconds; a deadline moves by this much. */
  get pausedMilliseconds(): number {
    return this.#pausedMilliseconds + (this.#paused ? Date.now() - this.#pausedSince : 0);
  }

  pause({ by, reason }: Attribution): void {
    if (this.#paused) return;
    this.#paused = { by, reason, at: new Date().toISOString() };
    this.#pausedSince = Date.now();
    this.#onChange();
  }

  resume(): void {
    this.#resumeCount += 1;
    if (this.#paused) this.#pausedMilliseconds += Date.now() - this.#pausedSince;
    this.#paused = undefined;
    this.#onChange();
  }

  /**
   * Resolves at once unless paused.
   *
   * @throws CancelledFailure the run is cancelled while it waits
   */
  async pass(): Promise<void> {
    await condition(() => this.#paused === undefined);
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

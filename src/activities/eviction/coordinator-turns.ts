import type { EvictionSlots } from './eviction-slots.ts';

export interface TurnSettings {
  readonly slots: EvictionSlots;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** One turn. */
  readonly run: (now: number) => void;
  /** A turn has thrown, which is a defect. */
  readonly fail: (error: unknown) => void;
}

/** When a coordinator's next turn runs: one for all that is requested together, at a moment, or when a place for an eviction is free. */
export class CoordinatorTurns {
  readonly #settings: TurnSettings;
  #timer: NodeJS.Timeout | undefined;
  #isRequested = false;
  /** Lines in which it was called: the next one is called after the turn has taken the place, or has not. */
  readonly #calledLines = new Set<string>();
  /** Milliseconds since the epoch: when the first lane that the turn found busy becomes free without a response. */
  #laneFreeAt = Infinity;
  #isStopped = false;

  constructor(settings: TurnSettings) {
    this.#settings = settings;
  }

  /** Runs a turn after what is in progress: all events of one part of a watch, all ends of one call. */
  readonly request = (): void => {
    if (this.#isRequested || this.#isStopped) return;
    this.#isRequested = true;
    void Promise.resolve().then(() => {
      if (this.#isRequested) this.#run();
    });
  };

  /** During a turn: takes a place for an eviction. Returns what gives it back; undefined: none is free, and a later turn tries again. */
  enter(budgetKey: string | undefined, now: number): (() => void) | undefined {
    const entrance = this.#settings.slots.enter(budgetKey, now, this.#onFree);
    if ('leave' in entrance) return entrance.leave;
    this.#laneFreeAt = Math.min(this.#laneFreeAt, entrance.until);
    return undefined;
  }

  /** The next turn runs at the first of `moments` after `now`, if none is requested before; all in milliseconds since the epoch. */
  schedule(moments: readonly number[], now: number): void {
    clearTimeout(this.#timer);
    const next = [...moments, this.#laneFreeAt].reduce((first, at) => (at > now && at < first ? at : first), Infinity);
    if (next === Infinity) return;
    this.#timer = setTimeout(() => {
      this.#run();
    }, next - now);
  }

  /** No turn runs any more. */
  stop(): void {
    this.#isStopped = true;
    this.#isRequested = false;
    clearTimeout(this.#timer);
    this.#settings.slots.forget(this.#onFree);
    this.#passOn();
  }

  #run(): void {
    this.#isRequested = false;
    this.#laneFreeAt = Infinity;
    try {
      this.#settings.run(this.#settings.now());
    } catch (error) {
      this.#settings.fail(error);
    }
    this.#passOn();
  }

  readonly #onFree = (line: string): void => {
    this.#calledLines.add(line);
    this.request();
  };

  #passOn(): void {
    const lines = [...this.#calledLines];
    this.#calledLines.clear();
    for (const line of lines) this.#settings.slots.passOn(line, this.#settings.now());
  }
}

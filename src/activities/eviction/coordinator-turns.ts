import type { EvictionSlots } from './eviction-slots.ts';

export interface TurnSettings {
  readonly slots: EvictionSlots;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** One turn: for the pods with these UIDs; undefined: for all. */
  readonly run: (now: number, only: ReadonlySet<string> | undefined) => void;
  /** The UIDs of the pods whose eviction may be sent as soon as something allows it. */
  readonly toWaiting: () => readonly string[];
  /** A turn has thrown, which is a defect. */
  readonly fail: (error: unknown) => void;
}

/** When a coordinator's next turn runs: one for all that is requested together, at a moment, or when a place for an eviction is free. */
export class CoordinatorTurns {
  readonly #settings: TurnSettings;
  #timer: NodeJS.Timeout | undefined;
  #isRequested = false;
  /** The UIDs that the next turn is for; undefined: all. */
  #only: Set<string> | undefined = new Set();
  /** Milliseconds since the epoch: when the timer ends. */
  #timerAt = Infinity;
  /** Lines in which it was called: the next one is called after the turn has taken the place, or has not. */
  readonly #calledLines = new Set<string>();
  /** Milliseconds since the epoch: when the first lane that the turn found busy becomes free without a response. */
  #laneFreeAt = Infinity;
  #isStopped = false;

  constructor(settings: TurnSettings) {
    this.#settings = settings;
  }

  /** Runs a turn for all pods after what is in progress: all events of one part of a watch, all ends of one call. */
  readonly request = (): void => {
    this.#only = undefined;
    this.#request();
  };

  /** The same for some pods, whose decision is the only one that may be another: it leaves all moments of other pods as they are. */
  requestFor(uids: readonly string[]): void {
    for (const uid of uids) this.#only?.add(uid);
    if (uids.length > 0) this.#request();
  }

  /** The same for all pods whose eviction is not sent yet: something may allow it now. Those that terminate are left alone. */
  readonly requestForWaiting = (): void => {
    this.requestFor(this.#settings.toWaiting());
  };

  #request(): void {
    if (this.#isRequested || this.#isStopped) return;
    this.#isRequested = true;
    void Promise.resolve().then(() => {
      if (this.#isRequested) this.#run();
    });
  }

  /** During a turn: takes a place for an eviction. Returns what gives it back; undefined: none is free, and a later turn tries again. */
  enter(budgetKey: string | undefined, now: number): (() => void) | undefined {
    const entrance = this.#settings.slots.enter(budgetKey, now, this.#onFree);
    if ('leave' in entrance) return entrance.leave;
    this.#laneFreeAt = Math.min(this.#laneFreeAt, entrance.until);
    return undefined;
  }

  /**
   * The next turn for all pods runs at the first of `moments` after `now`, if none is requested before; all in milliseconds since the epoch. A turn
   * for some pods passes theirs: the earlier ones still hold.
   */
  schedule(moments: readonly number[], now: number): void {
    const isLater = (at: number): boolean => at > now;
    const next = [...moments, this.#laneFreeAt]
      .filter(isLater)
      .reduce((first, at) => Math.min(first, at), this.#timerAt);
    if (next === this.#timerAt) return;
    clearTimeout(this.#timer);
    this.#timerAt = next;
    this.#timer = setTimeout(() => {
      this.#only = undefined;
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
    const only = this.#only;
    this.#only = new Set();
    this.#isRequested = false;
    if (only === undefined) this.#forgetMoments();
    try {
      this.#settings.run(this.#settings.now(), only);
    } catch (error) {
      this.#settings.fail(error);
    }
    this.#passOn();
  }

  #forgetMoments(): void {
    clearTimeout(this.#timer);
    this.#timerAt = Infinity;
    this.#laneFreeAt = Infinity;
  }

  readonly #onFree = (line: string): void => {
    this.#calledLines.add(line);
    this.requestForWaiting();
    // Also for no pod: the turn passes the place on.
    this.#request();
  };

  #passOn(): void {
    const lines = [...this.#calledLines];
    this.#calledLines.clear();
    for (const line of lines) this.#settings.slots.passOn(line, this.#settings.now());
  }
}

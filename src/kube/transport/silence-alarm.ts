/** Aborts its signal with a `TimeoutError` when `postpone` is not called for `silenceSeconds`. */
export class SilenceAlarm {
  readonly #controller = new AbortController();
  readonly #timer: NodeJS.Timeout;

  constructor(silenceSeconds: number) {
    this.#timer = setTimeout(() => {
      this.#controller.abort(new DOMException('No data was received in time.', 'TimeoutError'));
    }, silenceSeconds * 1000);
    // A watch must not keep a finished process alive.
    this.#timer.unref();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Data was received: restarts the timer. */
  readonly postpone = (): void => {
    this.#timer.refresh();
  };

  /** Stops the timer; the signal no longer aborts. */
  disarm(): void {
    clearTimeout(this.#timer);
  }
}

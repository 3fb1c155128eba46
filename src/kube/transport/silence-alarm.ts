/** Aborts its signal with a `TimeoutError` when `postpone` was not called for `silenceSeconds`. */
export class SilenceAlarm {
  readonly #controller = new AbortController();
  readonly #timer: NodeJS.Timeout;

  constructor(silenceSeconds: number) {
    this.#timer = setTimeout(() => {
      this.#controller.abort(new DOMException('Nothing was heard for too long.', 'TimeoutError'));
    }, silenceSeconds * 1000);
    // A watch alone must not keep a process alive that has finished.
    this.#timer.unref();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** There was a sign of life: begin to count anew. */
  readonly postpone = (): void => {
    this.#timer.refresh();
  };

  /** Stops counting; the signal will not abort any more. */
  disarm(): void {
    clearTimeout(this.#timer);
  }
}

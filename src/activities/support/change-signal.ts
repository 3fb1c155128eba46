/** Lets a wait end early: a watch notes changes, also those before the wait. */
export class ChangeSignal {
  #hasChanged = false;
  #wake: () => void = () => undefined;

  note(): void {
    this.#hasChanged = true;
    this.#wake();
  }

  /**
   * Waits for a change, at most `milliseconds`. Returns whether there was one since the last wait.
   *
   * @throws CancelledFailure as `cancelled`
   */
  async next(milliseconds: number, cancelled: Promise<never>): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    const woken = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, milliseconds);
      this.#wake = resolve;
      if (this.#hasChanged) resolve();
    });
    try {
      await Promise.race([woken, cancelled]);
    } finally {
      clearTimeout(timer);
    }
    const hasChanged = this.#hasChanged;
    this.#hasChanged = false;
    return hasChanged;
  }
}

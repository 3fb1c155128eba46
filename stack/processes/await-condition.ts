import { setTimeout as delay } from 'node:timers/promises';

const DEFAULT_TIMEOUT_MILLISECONDS = 180_000;
const DEFAULT_INTERVAL_MILLISECONDS = 200;

export interface AwaitConditionOptions {
  /** Default 180 000, enough for a busy machine: the timeout ends waits for what never happens, it is no measure of speed. */
  readonly timeoutMilliseconds?: number;
  /** Pause between two checks; default 200: what is polled costs more processor time than the wait. */
  readonly intervalMilliseconds?: number;
}

/**
 * Repeats `check` until it returns something other than `undefined` or `false`, and returns that.
 * An error of `check` ends the wait.
 * @param description completes the sentence "Timed out after N s waiting until: …", e.g. `node n1 is Ready`
 * @throws Error when the timeout has passed.
 */
export const awaitCondition = async <Result>(
  description: string,
  check: () => Promise<Result | undefined | false> | Result | undefined | false,
  options: AwaitConditionOptions = {},
): Promise<Result> => {
  const timeoutMilliseconds = options.timeoutMilliseconds ?? DEFAULT_TIMEOUT_MILLISECONDS;
  const deadline = Date.now() + timeoutMilliseconds;
  for (;;) {
    const result = await check();
    if (result !== undefined && result !== false) return result;
    if (Date.now() >= deadline) {
      throw new Error(`Timed out after ${timeoutMilliseconds / 1000} s waiting until: ${description}.`);
    }
    await delay(options.intervalMilliseconds ?? DEFAULT_INTERVAL_MILLISECONDS);
  }
};

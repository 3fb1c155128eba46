import { setTimeout as delay } from 'node:timers/promises';

const PATIENCE_MILLISECONDS = 180_000;

export interface AwaitConditionOptions {
  /** Default 180 000: it ends what will never be. How fast something is on a busy machine is not its question. */
  readonly timeoutMilliseconds?: number;
  /** Pause between two checks; default 50. */
  readonly intervalMilliseconds?: number;
}

/**
 * Repeats `check` until it gives something other than `undefined` or `false`, and returns that.
 * What `check` throws ends the wait.
 * @param description completes the sentence "… did not happen within N s", e.g. `node n1 is Ready`
 * @throws Error when the time is over
 */
export const awaitCondition = async <Result>(
  description: string,
  check: () => Promise<Result | undefined | false> | Result | undefined | false,
  options: AwaitConditionOptions = {},
): Promise<Result> => {
  const timeoutMilliseconds = options.timeoutMilliseconds ?? PATIENCE_MILLISECONDS;
  const deadline = Date.now() + timeoutMilliseconds;
  for (;;) {
    const result = await check();
    if (result !== undefined && result !== false) return result;
    if (Date.now() >= deadline) {
      throw new Error(`Waited ${timeoutMilliseconds / 1000} s in vain until: ${description}.`);
    }
    await delay(options.intervalMilliseconds ?? 50);
  }
};

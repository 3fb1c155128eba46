import { AsyncLocalStorage } from 'node:async_hooks';

const ambientSignal = new AsyncLocalStorage<AbortSignal | undefined>();

/**
 * Runs `work` so that every API request made inside it, however deep, ends when `signal` aborts. The request then fails with
 * `Unreachable`: it may or may not have been carried out.
 */
export const runWithSignal = <Result>(signal: AbortSignal, work: () => Result): Result =>
  ambientSignal.run(signal, work);

/** Runs `work` free of the caller's signal, for what outlives the caller: a shared watch must not die with the activity that began it. */
export const runWithoutSignal = <Result>(work: () => Result): Result => ambientSignal.run(undefined, work);

/** Signal for one request: aborts with a `TimeoutError` after `timeoutSeconds`, or when the ambient signal does. */
export const toRequestSignal = (timeoutSeconds: number): AbortSignal => {
  const deadline = AbortSignal.timeout(Math.ceil(timeoutSeconds * 1000));
  const ambient = ambientSignal.getStore();
  return ambient === undefined ? deadline : AbortSignal.any([deadline, ambient]);
};

/** `work`, or the signal's reason as soon as it aborts; for work that cannot be aborted itself, such as a credential plugin. */
export const awaitUnlessAborted = async <Result>(signal: AbortSignal, work: Promise<Result>): Promise<Result> => {
  signal.throwIfAborted();
  let onAbort = (): void => undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    onAbort = (): void => {
      reject(signal.reason as Error);
    };
  });
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
};

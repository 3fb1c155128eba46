import { AsyncLocalStorage } from 'node:async_hooks';

const ambientSignal = new AsyncLocalStorage<AbortSignal | undefined>();

/**
 * Runs `work` so that every API request made inside it, however deep, is aborted with `signal`. The request then fails with
 * `Unreachable`: it may or may not have taken effect.
 */
export const runWithSignal = <Result>(signal: AbortSignal, work: () => Result): Result =>
  ambientSignal.run(signal, work);

/** Runs `work` without the caller's signal, for work that outlives the caller: a shared watch must not end with its first activity. */
export const runWithoutSignal = <Result>(work: () => Result): Result => ambientSignal.run(undefined, work);

/** The caller's signal; undefined: it has none. */
export const getAmbientSignal = (): AbortSignal | undefined => ambientSignal.getStore();

/** Signal for one request: aborts with a `TimeoutError` after `timeoutSeconds`, or when the ambient signal does. */
export const toRequestSignal = (timeoutSeconds: number): AbortSignal => {
  const deadline = AbortSignal.timeout(Math.ceil(timeoutSeconds * 1000));
  const ambient = getAmbientSignal();
  return ambient === undefined ? deadline : AbortSignal.any([deadline, ambient]);
};

/** Result of `work`; rejects with the signal's reason as soon as it aborts. For work that cannot be aborted, such as a credential plugin. */
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

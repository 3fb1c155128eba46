const INTERVAL_MILLISECONDS = 15_000;

/**
 * Runs a slow action and reports progress every 15 s: `compiling etcd … 1 of 7, 15s so far, first time only`.
 * @param doing e.g. `compiling etcd … 1 of 7`
 * @param done precedes the duration in the last line, e.g. `compiled etcd`
 */
export const printProgress = async <Result>(
  doing: string,
  done: string,
  onProgress: (line: string) => void,
  action: () => Promise<Result>,
): Promise<Result> => {
  const startedAt = Date.now();
  onProgress(`${doing}, first time only`);
  const timer = setInterval(() => {
    onProgress(`${doing}, ${toDuration(Date.now() - startedAt)} so far, first time only`);
  }, INTERVAL_MILLISECONDS);
  try {
    const result = await action();
    onProgress(`${done} in ${toDuration(Date.now() - startedAt)}`);
    return result;
  } finally {
    clearInterval(timer);
  }
};

/** Rounded to seconds: `45s`, `1m20s`. */
export const toDuration = (milliseconds: number): string => {
  const seconds = Math.round(milliseconds / 1000);
  return seconds < 60 ? `${seconds}s` : `${Math.floor(seconds / 60)}m${String(seconds % 60).padStart(2, '0')}s`;
};

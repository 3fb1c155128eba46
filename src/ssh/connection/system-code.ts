/** `ECONNREFUSED`, `ENOENT` and the like; `unknown error` when there is none. No other part of an error is safe to report. */
export const toSystemCode = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string'
    ? error.code
    : 'unknown error';

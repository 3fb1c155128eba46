/** `ECONNREFUSED`, `ENOENT` and the like; `unknown error` when there is none. Nothing else of an error is fit to be told. */
export const toSystemCode = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string'
    ? error.code
    : 'unknown error';

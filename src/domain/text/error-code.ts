/** The `code` of a Node.js system error (`ENOENT`) or of our own errors (`NotFound`); undefined for anything else. */
export const readErrorCode = (error: unknown): string | undefined => {
  // Not `instanceof Error`: under jest Node's own errors come from another realm.
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
};

/** The same as text; `unknown error` when there is none. No other part of an error is safe to report. */
export const toErrorCodeText = (error: unknown): string => readErrorCode(error) ?? 'unknown error';

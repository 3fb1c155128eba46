/** The `code` of a Node.js system error (`ENOENT`) or of our own errors (`NotFound`); undefined for anything else. */
export const readErrorCode = (error: unknown): string | undefined => {
  // Not `instanceof Error`: under jest Node's own errors come from another realm.
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
};

/** The same as text; `unknown error` when there is none. The rest of a library's error may hold secrets. */
export const toErrorCodeText = (error: unknown): string => readErrorCode(error) ?? 'unknown error';

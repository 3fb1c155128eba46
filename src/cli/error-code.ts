/** The `code` of a Node.js system error (`ENOENT`) or of our own errors (`NotFound`); undefined for anything else. */
export const readErrorCode = (error: unknown): string | undefined => {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
};

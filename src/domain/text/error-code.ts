/** The `code` of a system error of Node.js (`ENOENT`) or of one of ours (`NotFound`); undefined for anything else. */
export const readErrorCode = (error: unknown): string | undefined => {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
};

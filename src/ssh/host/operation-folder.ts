import { createHash } from 'node:crypto';

const MOST = 80;

/**
 * Name of an operation's folder and units on a host: the operation id itself when it is plain and short, else its plain characters with a
 * hash of the whole id. Letters, digits, `-`, `_` and `.`; never empty, never starting with a dot or a dash.
 */
export const toOperationFolder = (operationId: string): string => {
  if (operationId.length <= MOST && /^[A-Za-z0-9][A-Za-z0-9_.-]*$/.test(operationId)) return operationId;
  const kept = operationId.replace(/[^A-Za-z0-9_.-]+/g, '-').replace(/^[-.]+/, '');
  const hash = createHash('sha256').update(operationId).digest('hex').slice(0, 12);
  return `${kept.slice(0, MOST)}-${hash}`.replace(/^-/, '');
};

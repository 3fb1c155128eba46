import { MEMO_REQUEST_FINGERPRINT } from '../../workflows/messages.ts';

/** Distinguishes the call that started a workflow from those that attached to it: the SDK does not return which one it was. */
export const MEMO_START_TOKEN = 'startToken';
/** Node names in one line, for `list`: the memo is readable without a worker. */
export const MEMO_NODE_NAMES = 'nodeNames';

export interface StartMark {
  readonly token: string;
  readonly fingerprint: string;
}

export type StartJudgement = 'started' | 'attached' | 'different';

/** The memo of a workflow that this client starts. */
export const toStartMemo = (mark: StartMark, nodeNamesLine: string): Record<string, unknown> => ({
  [MEMO_REQUEST_FINGERPRINT]: mark.fingerprint,
  [MEMO_START_TOKEN]: mark.token,
  [MEMO_NODE_NAMES]: nodeNamesLine,
});

/**
 * Whether the running workflow with this memo was started by this call, by another one with the same request, or with a different
 * request. `fingerprintOfInput` replaces the memo of a workflow that another client started without one. Pure.
 */
export const judgeStart = (
  memo: Readonly<Record<string, unknown>>,
  mark: StartMark,
  fingerprintOfInput?: string,
): StartJudgement => {
  if (memo[MEMO_START_TOKEN] === mark.token) return 'started';
  const fingerprint = memo[MEMO_REQUEST_FINGERPRINT] ?? fingerprintOfInput;
  return fingerprint === mark.fingerprint ? 'attached' : 'different';
};

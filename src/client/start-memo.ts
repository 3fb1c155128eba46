import { MEMO_REQUEST_FINGERPRINT } from '../workflows/messages.ts';

/** Tells the start that made a workflow from those that attached to it: the server's answer reaches us without that. */
export const MEMO_START_TOKEN = 'startToken';
/** Node names in one line, for lists: the memo is readable without a worker. */
export const MEMO_NODE_NAMES = 'nodeNames';

export interface StartMark {
  readonly token: string;
  readonly fingerprint: string;
}

export type StartJudgement = 'started' | 'attached' | 'different';

/** The memo that a start leaves on its workflow. */
export const toStartMemo = (mark: StartMark, nodeNamesLine: string): Record<string, unknown> => ({
  [MEMO_REQUEST_FINGERPRINT]: mark.fingerprint,
  [MEMO_START_TOKEN]: mark.token,
  [MEMO_NODE_NAMES]: nodeNamesLine,
});

/**
 * Whether the running workflow with this memo is ours, another one with the same request, or one with a different request.
 * `fingerprintOfInput` stands in for the memo of a workflow that somebody started without one. Pure.
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

/** Argument of the updates `pause` and `resume`. Both fields must be non-empty. */
export interface Attribution {
  /** Who requests it, at most 200 characters. */
  readonly by: string;
  /** Why, at most 2000 characters. */
  readonly reason: string;
}

const MAX_BY_LENGTH = 200;
const MAX_REASON_LENGTH = 2000;

const isText = (value: unknown, max: number): boolean =>
  typeof value === 'string' && value.trim() !== '' && value.length <= max;

/** True for a valid attribution. Any client can send a message with any content. */
export const isAttribution = (value: unknown): value is Attribution => {
  const { by, reason } = (value ?? {}) as Partial<Record<string, unknown>>;
  return isText(by, MAX_BY_LENGTH) && isText(reason, MAX_REASON_LENGTH);
};

/** What is wrong with any other one. */
export const ATTRIBUTION_COMPLAINT = `specify who requests this and why: {"by": "…", "reason": "…"}, both non-empty text of at most ${MAX_BY_LENGTH} and ${MAX_REASON_LENGTH} characters`;

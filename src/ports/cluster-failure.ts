/**
 * `Unreachable`: no answer (refused, reset, timed out); the call may or may not have been carried out.
 * `ServerError`: 5xx, and a 404 that is not about an object. `Throttled`: 429 that is not a budget. `Denied`: an admission webhook or
 * policy said no.
 */
export type ClusterFailureReason =
  | 'Unreachable'
  | 'ServerError'
  | 'Throttled'
  | 'Conflict'
  | 'AlreadyExists'
  | 'NotFound'
  | 'Forbidden'
  | 'Unauthorized'
  | 'Denied'
  | 'Invalid';

/** `Unauthorized` too: an API server that starts and a token that is being renewed answer so for seconds. */
const RETRYABLE: readonly ClusterFailureReason[] = [
  'Unreachable',
  'ServerError',
  'Throttled',
  'Conflict',
  'Unauthorized',
];

/** The only error that a Cluster throws on purpose: facts and our own sentence, never the client's error or a response body. */
export class ClusterFailure extends Error {
  override readonly name = 'ClusterFailure';
  readonly reason: ClusterFailureReason;
  /** HTTP status; 0 when there was no answer. */
  readonly status: number;
  readonly retryAfterSeconds: number | undefined;

  constructor(reason: ClusterFailureReason, message: string, status = 0, retryAfterSeconds?: number) {
    super(message);
    this.reason = reason;
    this.status = status;
    this.retryAfterSeconds = retryAfterSeconds;
  }

  get retryable(): boolean {
    return RETRYABLE.includes(this.reason);
  }
}

export const isClusterFailure = (error: unknown, reason?: ClusterFailureReason): error is ClusterFailure =>
  error instanceof ClusterFailure && (reason === undefined || error.reason === reason);

/**
 * `Unreachable`: no response (refused, reset, timed out); the call may have taken effect. `ServerError`: 5xx, and a 404 that is not about
 * an object. `Throttled`: 429 that is not from a budget. `Denied`: an admission webhook or policy denied the request. `NamespaceTerminating`:
 * nothing can be created in a namespace that is being deleted.
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
  | 'NamespaceTerminating'
  | 'Invalid';

/** Includes `Unauthorized`: it occurs for seconds while an API server starts or a token is renewed. */
const RETRYABLE: readonly ClusterFailureReason[] = [
  'Unreachable',
  'ServerError',
  'Throttled',
  'Conflict',
  'Unauthorized',
];

/** The only error that a Cluster throws on purpose. Never contains the client library's error or a response body. */
export class ClusterFailure extends Error {
  override readonly name = 'ClusterFailure';
  readonly reason: ClusterFailureReason;
  /** HTTP status; 0 without a response. */
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

/** A write failed because the object has changed since it was read, or is gone: reading it again decides. */
export const hasObjectChanged = (error: unknown): boolean =>
  isClusterFailure(error, 'Conflict') || isClusterFailure(error, 'NotFound');

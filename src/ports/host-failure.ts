import { FailureType } from '../domain/run/failures.ts';

/**
 * `NotConfigured`: the configuration has no connection settings for the host. `Unreachable`: no connection, or it was lost before a command
 * was sent. `HostKeyRefused`: unknown, changed or revoked key, or none of the known types. `AuthenticationFailed`: the host rejected the
 * login. `NoRights`: neither root nor `sudo -n`. `Unsupported`: the host lacks what a stage needs, e.g. systemd. `Unknown`: the connection
 * was lost during a command, which may have completed or may still run. `Unreadable`: the output is not in the expected format.
 */
export type HostFailureReason =
  | 'NotConfigured'
  | 'Unreachable'
  | 'HostKeyRefused'
  | 'AuthenticationFailed'
  | 'NoRights'
  | 'Unsupported'
  | 'Unknown'
  | 'Unreadable';

/** `Unreadable` is not an outage: the host was reached, and a retry would return the same until an operator has fixed the host. */
const TYPES: Readonly<Record<HostFailureReason, FailureType>> = {
  NotConfigured: FailureType.HostUnusable,
  Unreachable: FailureType.HostUnreachable,
  HostKeyRefused: FailureType.HostKeyRefused,
  AuthenticationFailed: FailureType.HostUnusable,
  NoRights: FailureType.HostUnusable,
  Unsupported: FailureType.HostUnusable,
  Unknown: FailureType.HostUnreachable,
  Unreadable: FailureType.HostUnusable,
};

/** The only error that a Host throws on purpose. Never contains the client library's error or a key; of remote output
 * only what a host's own tools report about a refusal, quoted and bounded. */
export class HostFailure extends Error {
  override readonly name = 'HostFailure';
  readonly reason: HostFailureReason;

  constructor(reason: HostFailureReason, message: string) {
    super(message);
    this.reason = reason;
  }

  get type(): FailureType {
    return TYPES[this.reason];
  }

  /** Whether to retry the same call. */
  get retryable(): boolean {
    return this.type === FailureType.HostUnreachable;
  }
}

export const isHostFailure = (error: unknown, reason?: HostFailureReason): error is HostFailure =>
  error instanceof HostFailure && (reason === undefined || error.reason === reason);

import { FailureType } from '../domain/run/failures.ts';

/**
 * `NotConfigured`: the configuration names no way to the host. `Unreachable`: no connection, or it went before anything was asked.
 * `HostKeyRefused`: unknown, changed or revoked key, or none of the known types. `AuthenticationFailed`: the host does not let us in.
 * `NoRights`: neither root nor `sudo -n`. `Unsupported`: the host lacks what a stage needs, e.g. systemd. `Unknown`: the connection went
 * while something was under way: it may have been carried out, or be under way still. `Unreadable`: an answer that is none of ours.
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

/**
 * What each is to everybody outside. `Unreadable` is no outage: the host was reached, and would answer the same again until somebody has
 * looked at it.
 */
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

/** The only error that a Host throws on purpose: facts and our own sentence, never the client's error, remote output or a key. */
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

  /** Worth another try of the same call. */
  get retryable(): boolean {
    return this.type === FailureType.HostUnreachable;
  }
}

export const isHostFailure = (error: unknown, reason?: HostFailureReason): error is HostFailure =>
  error instanceof HostFailure && (reason === undefined || error.reason === reason);

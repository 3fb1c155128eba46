import type { FailureType } from './failure-type.ts';

/** A failure in our own words: `message` says what happened, why, and what to do next. */
export class DecommissionFailure extends Error {
  override readonly name = 'DecommissionFailure';
  readonly type: FailureType;
  /** Worth another try of the same call. */
  readonly retryable: boolean;

  constructor(type: FailureType, message: string, options: { readonly retryable?: boolean } = {}) {
    super(message);
    this.type = type;
    this.retryable = options.retryable ?? false;
  }
}

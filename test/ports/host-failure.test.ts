import { describe, expect, it } from '@jest/globals';
import { FailureType } from '../../src/domain/run/failures.ts';
import { HostFailure, type HostFailureReason } from '../../src/ports/host-failure.ts';

const TABLE: Readonly<Record<HostFailureReason, readonly [type: FailureType, retryable: boolean]>> = {
  NotConfigured: ['HostUnusable', false],
  Unreachable: ['HostUnreachable', true],
  HostKeyRefused: ['HostKeyRefused', false],
  AuthenticationFailed: ['HostUnusable', false],
  NoRights: ['HostUnusable', false],
  Unsupported: ['HostUnusable', false],
  Unknown: ['HostUnreachable', true],
  // The host was reached: a retry returns the same until an operator fixes it.
  Unreadable: ['HostUnusable', false],
};
const REASONS = Object.entries(TABLE) as [HostFailureReason, (typeof TABLE)[HostFailureReason]][];

describe('HostFailure', () => {
  it.each(REASONS)('%s is %s', (reason, [type, retryable]) => {
    expect(new HostFailure(reason, 'a sentence')).toMatchObject({ type, retryable, message: 'a sentence' });
  });

  it.each(REASONS)('%s is retryable only as HostUnreachable', (reason) => {
    const { type, retryable } = new HostFailure(reason, 'a sentence');
    expect(type === FailureType.HostUnreachable).toBe(retryable);
  });
});

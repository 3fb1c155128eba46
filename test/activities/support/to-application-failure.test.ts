import { describe, expect, it } from '@jest/globals';
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { toApplicationFailure } from '../../../src/activities/support/to-application-failure.ts';
import { DecommissionFailure } from '../../../src/domain/run/failures.ts';
import { ClusterFailure, type ClusterFailureReason } from '../../../src/ports/cluster-failure.ts';
import { HostFailure, type HostFailureReason } from '../../../src/ports/host-failure.ts';

const SECRET = 'Authorization: Bearer abc';

describe('toApplicationFailure', () => {
  const ours: [name: string, failure: DecommissionFailure, nonRetryable: boolean][] = [
    ['final', new DecommissionFailure('NodeBusy', 'held'), true],
    ['retryable', new DecommissionFailure('ClusterUnavailable', 'held', { retryable: true }), false],
  ];
  it.each(ours)('a DecommissionFailure that is %s keeps type and message', (_name, failure, nonRetryable) => {
    expect(toApplicationFailure(failure)).toMatchObject({ type: failure.type, message: 'held', nonRetryable });
  });

  const cluster: [reason: ClusterFailureReason, type: string, nonRetryable: boolean][] = [
    ['Unreachable', 'ClusterUnavailable', false],
    ['ServerError', 'ClusterUnavailable', false],
    ['Throttled', 'ClusterUnavailable', false],
    ['Conflict', 'ClusterUnavailable', false],
    ['Forbidden', 'Forbidden', true],
    ['Unauthorized', 'Forbidden', false],
    ['Denied', 'ClusterUnavailable', true],
    ['Invalid', 'ClusterUnavailable', true],
    ['NotFound', 'ClusterUnavailable', true],
    ['AlreadyExists', 'ClusterUnavailable', true],
  ];
  it.each(cluster)('%s of the cluster becomes %s, not retryable: %s', (reason, type, nonRetryable) => {
    const failure = toApplicationFailure(new ClusterFailure(reason, 'a sentence'));
    expect(failure).toMatchObject({ type, nonRetryable, message: 'a sentence' });
    expect('nextRetryDelay' in failure ? (failure.nextRetryDelay ?? undefined) : undefined).toBeUndefined();
  });

  it('uses the wait that the server requests', () => {
    const failure = toApplicationFailure(new ClusterFailure('Throttled', 'slow down', 429, 7));
    expect(failure).toMatchObject({ nextRetryDelay: 7000 });
  });

  const host: [reason: HostFailureReason, type: string, nonRetryable: boolean][] = [
    ['Unreachable', 'HostUnreachable', false],
    ['HostKeyRefused', 'HostKeyRefused', true],
    ['Unreadable', 'HostUnusable', true],
  ];
  it.each(host)('%s of a host becomes %s, not retryable: %s', (reason, type, nonRetryable) => {
    const failure = toApplicationFailure(new HostFailure(reason, 'a sentence'));
    expect(failure).toMatchObject({ type, nonRetryable, message: 'a sentence' });
  });

  const unexpected: [name: string, error: unknown, kind: string][] = [
    ['an error', new TypeError(SECRET), 'TypeError'],
    ['an error with a cause', new Error(SECRET, { cause: new Error(SECRET) }), 'Error'],
    ['a text', SECRET, 'string'],
    ['an object', { headers: SECRET }, 'object'],
    ['nothing', undefined, 'undefined'],
  ];
  it.each(unexpected)('of %s, only the kind is recorded', (_name, error, kind) => {
    const failure = toApplicationFailure(error);
    expect(failure).toMatchObject({
      type: 'Defect',
      message: `unexpected ${kind} in an activity; see the worker's log`,
    });
    expect(failure.cause).toBeUndefined();
    expect(JSON.stringify(failure, Object.getOwnPropertyNames(failure))).not.toContain('Bearer');
  });

  it.each([new CancelledFailure('cancelled'), ApplicationFailure.create({ type: 'X' })])(
    '%s stays itself',
    (failure) => {
      expect(toApplicationFailure(failure)).toBe(failure);
    },
  );

  it('an aborted call is a cancellation', () => {
    expect(toApplicationFailure(Object.assign(new Error('aborted'), { name: 'AbortError' }))).toBeInstanceOf(
      CancelledFailure,
    );
  });
});

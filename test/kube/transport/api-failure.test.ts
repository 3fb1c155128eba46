import { describe, expect, it } from '@jest/globals';
import {
  toClusterFailure,
  toConnectionFailure,
  toCredentialFailure,
  toUnreadableFailure,
} from '../../../src/kube/transport/api-failure.ts';
import { ClusterFailure } from '../../../src/ports/cluster-failure.ts';
import type { ClusterFailureReason } from '../../../src/ports/cluster-failure.ts';
import { status } from '../../fakes/api-server.ts';

const QUESTION = { cluster: 'default', purpose: 'patch node "node-1"' };

const WEBHOOK = 'admission webhook "guard.example.com" denied the request: no';

describe('toClusterFailure', () => {
  it.each<[string, number, object | string, ClusterFailureReason, boolean]>([
    ['400', 400, status(400, 'BadRequest', 'no'), 'Invalid', false],
    ['400 of a webhook', 400, status(400, '', WEBHOOK), 'Denied', false],
    [
      '401, e.g. while an API server starts or a token changes',
      401,
      status(401, 'Unauthorized', 'no'),
      'Unauthorized',
      true,
    ],
    [
      '403 of the authorizer',
      403,
      status(403, 'Forbidden', 'User "x" cannot patch resource "nodes"'),
      'Forbidden',
      false,
    ],
    ['403 of an admission plugin', 403, status(403, 'Forbidden', 'exceeded quota'), 'Denied', false],
    [
      '403 in a namespace that is being deleted',
      403,
      status(403, 'Forbidden', 'being terminated', { causes: [{ reason: 'NamespaceTerminating' }] }),
      'NamespaceTerminating',
      false,
    ],
    ['403 of a proxy', 403, '<html>', 'Forbidden', false],
    ['404', 404, status(404, 'NotFound', 'nodes "node-1" not found'), 'NotFound', false],
    ['404 of a proxy', 404, 'no route', 'ServerError', true],
    ['404 of an API server that does not serve the path yet', 404, '404 page not found', 'ServerError', true],
    ['409 of a changed object', 409, status(409, 'Conflict', 'modified'), 'Conflict', true],
    ['409 of a name that already exists', 409, status(409, 'AlreadyExists', 'exists'), 'AlreadyExists', false],
    ['410', 410, status(410, 'Expired', 'too old'), 'Conflict', true],
    ['422', 422, status(422, 'Invalid', 'bad'), 'Invalid', false],
    [
      '422 for the UID',
      422,
      status(422, 'Invalid', 'immutable', { causes: [{ reason: 'FieldValueInvalid', field: 'metadata.uid' }] }),
      'Conflict',
      true,
    ],
    ['429', 429, 'Too many requests', 'Throttled', true],
    ['429 of a webhook', 429, status(429, '', WEBHOOK), 'Throttled', true],
    ['500', 500, status(500, 'InternalError', 'oops'), 'ServerError', true],
    ['502 of a proxy', 502, '<html>', 'ServerError', true],
  ])('reads %s', (_name, code, body, reason, retryable) => {
    const failure = toClusterFailure(
      { status: code, body: typeof body === 'string' ? body : JSON.stringify(body) },
      QUESTION,
    );
    expect(failure).toMatchObject({ reason, status: code, retryable });
    expect(failure.message).toContain('Could not patch node "node-1" in cluster "default"');
  });

  it('prefers the Retry-After header to the number in the Status', () => {
    const body = JSON.stringify(status(429, 'TooManyRequests', 'later', { retryAfterSeconds: 7 }));
    expect(toClusterFailure({ status: 429, body, retryAfterSeconds: 2 }, QUESTION).retryAfterSeconds).toBe(2);
    expect(toClusterFailure({ status: 429, body }, QUESTION).retryAfterSeconds).toBe(7);
  });

  it('keeps 300 characters of the Status message, on one line', () => {
    const body = JSON.stringify(status(500, 'InternalError', `first\n  second ${'x'.repeat(1000)}`));
    const detail = toClusterFailure({ status: 500, body }, QUESTION).message.split('API server message: ')[1] ?? '';
    expect(detail).toMatch(/^first second x+…$/);
    expect(detail).toHaveLength(300);
  });

  it('keeps nothing from a body that is not a Status', () => {
    const failure = toClusterFailure(
      { status: 500, body: JSON.stringify({ kind: 'Secret', message: 'hidden' }) },
      QUESTION,
    );
    expect(failure.message).not.toContain('hidden');
  });
});

describe('toConnectionFailure', () => {
  const fetchFailed = (code: string): Error =>
    new TypeError('fetch failed', { cause: Object.assign(new Error('connect 10.0.0.1:443 token=abc'), { code }) });

  it.each<[string, unknown, string]>([
    ['names the code of a refused connection', fetchFailed('ECONNREFUSED'), '(ECONNREFUSED)'],
    [
      'names the code of a bad certificate',
      fetchFailed('DEPTH_ZERO_SELF_SIGNED_CERT'),
      '(DEPTH_ZERO_SELF_SIGNED_CERT)',
    ],
    ['names a missed deadline', new DOMException('x', 'TimeoutError'), 'did not respond in time'],
    ['names a cancellation', new DOMException('x', 'AbortError'), 'was cancelled'],
    ['treats any other error as a broken connection', new TypeError('terminated'), 'cannot be reached;'],
    ['treats a value that is not an error as one too', 'boom', 'cannot be reached;'],
  ])('%s', (_name, error, expected) => {
    const failure = toConnectionFailure(error, QUESTION);
    expect(failure).toMatchObject({ reason: 'Unreachable', status: 0, retryable: true });
    expect(failure.message).toContain(expected);
    expect(failure.message).not.toContain('token');
    expect(failure.cause).toBeUndefined();
  });

  it('returns a ClusterFailure unchanged', () => {
    const failure = new ClusterFailure('Forbidden', 'no');
    expect(toConnectionFailure(failure, QUESTION)).toBe(failure);
  });
});

describe('failures without an API response', () => {
  it('reports credentials that cannot be loaded', () => {
    expect(toCredentialFailure(QUESTION)).toMatchObject({ reason: 'Unreachable', status: 0 });
  });

  it('reports an unreadable response', () => {
    expect(toUnreadableFailure(200, QUESTION)).toMatchObject({ reason: 'ServerError', status: 200 });
  });
});

import { describe, expect, it } from '@jest/globals';
import type { ApiAnswer } from '../../src/kube/transport/api-failure.ts';
import { toEvictionAnswer } from '../../src/kube/eviction-answer.ts';
import type { EvictionAnswer } from '../../src/ports/cluster.ts';
import { status } from '../fakes/api-server.ts';

const answer = (code: number, body: object | string, retryAfterSeconds?: number): ApiAnswer => ({
  status: code,
  body: typeof body === 'string' ? body : JSON.stringify(body),
  ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
});

const budgetRefusal = (causeMessage: string, retryAfterSeconds?: number): object =>
  status(429, 'TooManyRequests', "Cannot evict pod as it would violate the pod's disruption budget.", {
    causes: [{ reason: 'DisruptionBudget', message: causeMessage }],
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
  });

const NEEDS = 'The disruption budget web-pdb needs 2 healthy pods and has 2 currently';
const WEBHOOK = 'admission webhook "guard.example.com" denied the request: the virtual machine is moving';
const RBAC =
  'pods "a" is forbidden: User "x" cannot create resource "pods/eviction" in API group "" in the namespace "d"';
const UID =
  'Operation cannot be fulfilled on Pod "a": the UID in the precondition (1) does not match the UID in record (2)';
const TWO_BUDGETS = 'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.';
const POLICY =
  "pods \"a\" is forbidden: ValidatingAdmissionPolicy 'keep' with binding 'keep' denied request: not tonight";
const NO_POLICY_V1 =
  'no kind "Eviction" is registered for version "policy/v1" in scheme "pkg/api/legacyscheme/scheme.go:30"';
const TERMINATING = 'unable to create new content in namespace d because it is being terminated';
const TOO_MANY = 'poddisruptionbudget.policy "web-pdb" is forbidden: DisruptedPods map too big';

describe('toEvictionAnswer', () => {
  it.each<[string, ApiAnswer, EvictionAnswer]>([
    ['201 is accepted', answer(201, { kind: 'Status', status: 'Success' }), { kind: 'accepted' }],
    ['200 is accepted', answer(200, { kind: 'Status', status: 'Success' }), { kind: 'accepted' }],
    [
      "200 with a proxy's own page leaves open whether the eviction took effect",
      answer(200, '<html>Please log in</html>'),
      { kind: 'unknown', message: 'The response with status 200 is not from a Kubernetes API server.' },
    ],
    [
      'G6: 429 with a budget cause returns the message of the cause',
      answer(429, budgetRefusal(NEEDS)),
      { kind: 'blockedByBudget', message: NEEDS },
    ],
    [
      'E6: 429 of a budget that is still being processed has a retry time',
      answer(429, budgetRefusal('still being processed by the server.', 10)),
      { kind: 'blockedByBudget', message: 'still being processed by the server.', retryAfterSeconds: 10 },
    ],
    [
      'G6: 429 of API Priority and Fairness has no Status',
      answer(429, 'Too many requests, please try again later.', 1),
      {
        kind: 'throttled',
        message: 'The API server returned status 429 without a message.',
        retryAfterSeconds: 1,
      },
    ],
    [
      'G6: 429 of a webhook is throttling with its message',
      answer(429, status(429, '', WEBHOOK)),
      { kind: 'throttled', message: WEBHOOK },
    ],
    ['G8: 400 of a webhook is a denial', answer(400, status(400, '', WEBHOOK)), { kind: 'denied', message: WEBHOOK }],
    [
      'G8: 403 of a webhook is a denial',
      answer(403, status(403, 'Forbidden', WEBHOOK)),
      { kind: 'denied', message: WEBHOOK },
    ],
    [
      '404 of a webhook is a denial',
      answer(404, status(404, 'NotFound', WEBHOOK)),
      { kind: 'denied', message: WEBHOOK },
    ],
    ['G8: 500 of a webhook is a denial', answer(500, status(500, '', WEBHOOK)), { kind: 'denied', message: WEBHOOK }],
    ['422 of a policy is a denial', answer(422, status(422, 'Invalid', POLICY)), { kind: 'denied', message: POLICY }],
    [
      '500 of a webhook that cannot be called is a server error',
      answer(500, status(500, 'InternalError', 'failed calling webhook "guard.example.com": timeout')),
      { kind: 'serverError', message: 'failed calling webhook "guard.example.com": timeout' },
    ],
    [
      '403 of the authorizer is final',
      answer(403, status(403, 'Forbidden', RBAC)),
      { kind: 'forbidden', message: RBAC },
    ],
    [
      '403 without a Status is final',
      answer(403, '<html>no</html>'),
      { kind: 'forbidden', message: 'The API server returned status 403 without a message.' },
    ],
    [
      '403 of an admission plugin is a denial',
      answer(403, status(403, 'Forbidden', 'pods "a" is forbidden: not on this node')),
      { kind: 'denied', message: 'pods "a" is forbidden: not on this node' },
    ],
    [
      '403 in a terminating namespace has its own cause',
      answer(403, status(403, 'Forbidden', TERMINATING, { causes: [{ reason: 'NamespaceTerminating' }] })),
      { kind: 'namespaceTerminating', message: TERMINATING },
    ],
    [
      '403 for too many unconfirmed disruptions waits for the budget',
      answer(403, status(403, 'Forbidden', TOO_MANY)),
      { kind: 'blockedByBudget', message: TOO_MANY },
    ],
    [
      '401 is transient: an API server that starts, a token that changes',
      answer(401, status(401, 'Unauthorized', 'Unauthorized')),
      { kind: 'unauthorized', message: 'Unauthorized' },
    ],
    ['E10: 404 with a Status is gone', answer(404, status(404, 'NotFound', 'pods "a" not found')), { kind: 'gone' }],
    [
      '404 without a Status proves nothing',
      answer(404, 'page not found'),
      { kind: 'serverError', message: 'The API server returned status 404 without a message.' },
    ],
    ['E10: 409 for the UID is another pod', answer(409, status(409, 'Conflict', UID)), { kind: 'otherUid' }],
    [
      'E4: 409 of conflicts that do not end is transient',
      answer(409, status(409, 'Conflict', 'the object has been modified')),
      { kind: 'serverError', message: 'the object has been modified' },
    ],
    [
      'G7: 500 for two budgets has its own kind',
      answer(500, status(500, '', TWO_BUDGETS)),
      { kind: 'multipleBudgets', message: TWO_BUDGETS },
    ],
    [
      '503 is a server error',
      answer(503, 'upstream', 3),
      {
        kind: 'serverError',
        message: 'The API server returned status 503 without a message.',
        retryAfterSeconds: 3,
      },
    ],
    ['422 is invalid', answer(422, status(422, 'Invalid', 'bad grace')), { kind: 'invalid', message: 'bad grace' }],
    [
      'L6: 400 of an API server without policy/v1 evictions is final',
      answer(400, status(400, 'BadRequest', NO_POLICY_V1)),
      { kind: 'invalid', message: NO_POLICY_V1 },
    ],
    [
      '400 is invalid',
      answer(400, status(400, 'BadRequest', 'name in URL does not match')),
      { kind: 'invalid', message: 'name in URL does not match' },
    ],
  ])('%s', (_name, given, expected) => {
    expect(toEvictionAnswer(given)).toEqual(expected);
  });
});

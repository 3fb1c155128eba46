/** An answer that the API server did not give. */
export interface InjectedAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
  /** Seconds. */
  readonly retryAfter?: number;
}

interface StatusParts {
  readonly reason: string;
  readonly message: string;
  readonly details?: object;
  /** Seconds. */
  readonly retryAfter?: number;
}

const status = (code: number, { reason, message, details, retryAfter }: StatusParts): InjectedAnswer => ({
  status: code,
  contentType: 'application/json',
  body: JSON.stringify({
    ...{ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', code, reason, message },
    ...(details === undefined ? {} : { details }),
  }),
  ...(retryAfter === undefined ? {} : { retryAfter }),
});

const page = (code: number, title: string): InjectedAnswer => ({
  status: code,
  contentType: 'text/html',
  body: `<html><head><title>${title}</title></head><body><h1>${title}</h1></body></html>`,
});

const text = (code: number, body: string, retryAfter?: number): InjectedAnswer => ({
  status: code,
  contentType: 'text/plain',
  body: `${body}\n`,
  ...(retryAfter === undefined ? {} : { retryAfter }),
});

/** What API servers, and proxies in front of them, answer for a while. The request is not forwarded, or its own answer is withheld. */
export const PASSING_ANSWERS = {
  throttled: status(429, { reason: 'TooManyRequests', message: 'too many requests', retryAfter: 1 }),
  priorityAndFairness: text(429, 'Too many requests, please try again later.', 1),
  tooManyRequests: page(429, '429 Too Many Requests'),
  internalError: status(500, { reason: 'InternalError', message: 'etcdserver: leader changed' }),
  badGateway: page(502, '502 Bad Gateway'),
  unavailable: status(503, { reason: 'ServiceUnavailable', message: 'apiserver not ready', retryAfter: 1 }),
  overloaded: page(503, '503 Service Temporarily Unavailable'),
  timeout: status(504, {
    reason: 'Timeout',
    message: 'Timeout: request did not complete within requested timeout - context deadline exceeded',
  }),
  unauthorized: status(401, { reason: 'Unauthorized', message: 'Unauthorized' }),
  loginPage: page(200, 'Please log in'),
} as const;

/** For requests that name an object or change one: elsewhere a 404 means that the group is not served. */
export const notServed: InjectedAnswer = text(404, '404 page not found');

/** Of an API server that has just started. The proxy gives it at most once to the same request: one that is ready does not repeat it. */
export const rolesNotLoaded = status(403, {
  reason: 'Forbidden',
  message:
    'pods "any" is forbidden: User "system:serviceaccount:node-decommission:node-decommission" cannot create resource "pods/eviction" in API group "" in the namespace "any"',
});

/** For writes that the server did not receive. */
export const conflict = status(409, {
  reason: 'Conflict',
  message:
    'Operation cannot be fulfilled: the object has been modified; please apply your changes to the latest version',
});

const WEBHOOK_DENIAL = 'admission webhook "guard.example.com" denied the request: not now';
const byBudget = (message: string): object => ({ causes: [{ reason: 'DisruptionBudget', message }] });

/** For evictions that the server did not receive. */
export const EVICTION_ANSWERS = {
  budgetFull: status(429, {
    reason: 'TooManyRequests',
    message: "Cannot evict pod as it would violate the pod's disruption budget.",
    details: byBudget('The disruption budget needs more healthy pods'),
  }),
  budgetNotObserved: status(429, {
    reason: 'TooManyRequests',
    message: "Cannot evict pod as it would violate the pod's disruption budget.",
    details: byBudget('The disruption budget is still being processed by the server.'),
    retryAfter: 1,
  }),
  budgetOverloaded: status(403, {
    reason: 'Forbidden',
    message: 'poddisruptionbudgets.policy "any" is forbidden: DisruptedPods map too big',
  }),
  twoBudgets: status(500, {
    reason: '',
    message: 'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.',
  }),
  namespaceTerminating: status(403, {
    reason: 'Forbidden',
    message: 'pods "any" is forbidden: unable to create new content in namespace any because it is being terminated',
    details: { causes: [{ reason: 'NamespaceTerminating', message: 'namespace any is being terminated' }] },
  }),
  webhookDenies: status(403, { reason: 'Forbidden', message: WEBHOOK_DENIAL }),
  webhookDeniesAsBadRequest: status(400, { reason: 'BadRequest', message: WEBHOOK_DENIAL }),
  webhookThrottles: status(429, { reason: 'TooManyRequests', message: WEBHOOK_DENIAL }),
  webhookFails: status(500, {
    reason: 'InternalError',
    message: 'Internal error occurred: failed calling webhook "guard.example.com": context deadline exceeded',
  }),
  policyDenies: status(422, {
    reason: 'Invalid',
    message:
      "pods \"any\" is forbidden: ValidatingAdmissionPolicy 'guard' with binding 'guard' denied request: not now",
  }),
} as const;

/** The changes since that resourceVersion, or the rest of a LIST, are no longer available. */
export const expired = status(410, {
  reason: 'Expired',
  message: 'The resourceVersion for the provided watch is too old.',
});

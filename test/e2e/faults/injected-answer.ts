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

/** What API servers, and proxies in front of them, answer for a while. The request is not forwarded, or its own answer is withheld. */
export const PASSING_ANSWERS = {
  throttled: status(429, { reason: 'TooManyRequests', message: 'too many requests', retryAfter: 1 }),
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
export const notServed: InjectedAnswer = {
  status: 404,
  contentType: 'text/plain',
  body: '404 page not found\n',
};

/** For writes that the server did not receive. */
export const conflict = status(409, {
  reason: 'Conflict',
  message:
    'Operation cannot be fulfilled: the object has been modified; please apply your changes to the latest version',
});

/** For evictions that the server did not receive. */
export const EVICTION_ANSWERS = {
  budgetFull: status(429, {
    reason: 'TooManyRequests',
    message: "Cannot evict pod as it would violate the pod's disruption budget.",
    details: { causes: [{ reason: 'DisruptionBudget', message: 'The disruption budget needs more healthy pods' }] },
  }),
  webhookDenies: status(403, {
    reason: 'Forbidden',
    message: 'admission webhook "guard.example.com" denied the request: not now',
  }),
  webhookFails: status(500, {
    reason: 'InternalError',
    message: 'Internal error occurred: failed calling webhook "guard.example.com": context deadline exceeded',
  }),
} as const;

/** The changes since that resourceVersion, or the rest of a LIST, are no longer available. */
export const expired = status(410, {
  reason: 'Expired',
  message: 'The resourceVersion for the provided watch is too old.',
});

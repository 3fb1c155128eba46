import { ClusterFailure } from '../../ports/cluster-failure.ts';
import type { ClusterFailureReason } from '../../ports/cluster-failure.ts';
import { toStatus } from './wire.ts';
import type { Status } from './wire.ts';

/** A complete response of an API server. */
export interface ApiAnswer {
  readonly status: number;
  readonly body: string;
  readonly retryAfterSeconds?: number;
}

/** The request, for the failure's message: `purpose` follows "Could not", e.g. `read node "n1"`. */
export interface Question {
  readonly cluster: string;
  readonly purpose: string;
}

/** The API server's admission chain writes this before the webhook's or policy's own message; the status is the one that they chose. */
const ADMISSION_DENIAL = /admission webhook ".*" denied the request|ValidatingAdmissionPolicy '.*' .*denied request/;

/** The authorizer writes this (apiserver `responsewriters.Forbidden`); other 403s come from admission plugins. */
const AUTHORIZER_DENIAL = /\bcannot \w+ (resource|path) /;

/** An admission webhook or policy denied the request; a webhook that could not be called is a server error instead. */
export const isAdmissionDenial = (status: Status | undefined): boolean =>
  status !== undefined && ADMISSION_DENIAL.test(status.message);

/** A permission is missing. A 403 without a Status comes from a proxy in front of the API server and is equally final. */
export const isMissingRight = (status: Status | undefined): boolean =>
  status === undefined || AUTHORIZER_DENIAL.test(status.message);

/** The API server's own check (k/k `plugin/namespace/lifecycle`); its reason is that of a missing permission. */
export const isNamespaceTerminating = (status: Status | undefined): boolean =>
  status?.causes.some(({ type }) => type === 'NamespaceTerminating') === true;

/** The object does not exist; a 404 without that Status means a wrong address or an unknown kind. */
export const isObjectMissing = (answer: ApiAnswer): boolean =>
  answer.status === 404 && toStatus(answer.body)?.reason === 'NotFound';

/** Seconds to wait as requested by the server: the `Retry-After` header, else the number in the Status. */
export const toRetryAfterSeconds = (answer: ApiAnswer, status: Status | undefined): number | undefined =>
  answer.retryAfterSeconds ?? status?.retryAfterSeconds;

const REASON_BY_STATUS: Readonly<Record<number, ClusterFailureReason>> = {
  400: 'Invalid',
  401: 'Unauthorized',
  404: 'NotFound',
  405: 'Invalid',
  406: 'Invalid',
  410: 'Conflict',
  413: 'Invalid',
  415: 'Invalid',
  422: 'Invalid',
  429: 'Throttled',
};

const toReason = (answer: ApiAnswer, status: Status | undefined): ClusterFailureReason => {
  if (answer.status !== 429 && isAdmissionDenial(status)) {
    return 'Denied';
  }
  if (answer.status === 403) return toForbiddenReason(status);
  if (status?.reason === 'AlreadyExists') {
    return 'AlreadyExists';
  }
  if (isConflict(answer, status)) {
    return 'Conflict';
  }
  return isBareNotFound(answer, status) ? 'ServerError' : (REASON_BY_STATUS[answer.status] ?? 'ServerError');
};

const toForbiddenReason = (status: Status | undefined): ClusterFailureReason => {
  if (isNamespaceTerminating(status)) return 'NamespaceTerminating';
  return isMissingRight(status) ? 'Forbidden' : 'Denied';
};

/** Not about an object: the response of a proxy, or of an API server that does not serve the path yet. */
const isBareNotFound = (answer: ApiAnswer, status: Status | undefined): boolean =>
  answer.status === 404 && status === undefined;

/** A patch with another UID returns 422, "metadata.uid: field is immutable"; every other failed precondition returns 409. */
const isConflict = (answer: ApiAnswer, status: Status | undefined): boolean =>
  answer.status === 409 || (status?.causes.some(({ field }) => field === 'metadata.uid') ?? false);

const EXPLANATIONS: Readonly<Record<ClusterFailureReason, string>> = {
  Unreachable: 'the API server did not respond',
  ServerError: 'the API server returned an error; retry, and check its log if the error persists',
  Throttled: 'the API server is busy and requests a retry later',
  Conflict: 'the object has changed since it was read, or was recreated',
  AlreadyExists: 'an object with this name already exists',
  NotFound: 'the object does not exist',
  Forbidden: 'the permission is missing; bind the ClusterRole of deploy/rbac.yaml, or grant what the message names',
  Unauthorized:
    'the API server rejects the credentials; if the error persists, renew those of the kubeconfig or ServiceAccount',
  Denied: 'an admission webhook or policy denied the request; contact the owner of the one that the message names',
  NamespaceTerminating: 'the namespace is being deleted',
  Invalid: 'the API server rejects the request as invalid',
};

const EXPIRED =
  'the API server no longer has the earlier state of the list; retry, and check how fast it responds if the error persists';

/**
 * The failure for a response that is not a success. Its message is our own, followed by the Status' message when the body is a Status:
 * never headers, never any other body.
 */
export const toClusterFailure = (answer: ApiAnswer, question: Question): ClusterFailure => {
  const status = toStatus(answer.body);
  const reason = toReason(answer, status);
  const detail = status === undefined || status.message === '' ? '' : ` API server message: ${status.message}`;
  const explanation = answer.status === 410 ? EXPIRED : EXPLANATIONS[reason];
  return new ClusterFailure(
    reason,
    `${toLead(question)}: ${explanation} (status ${answer.status}).${detail}`,
    answer.status,
    toRetryAfterSeconds(answer, status),
  );
};

/** The failure for a successful response with an unreadable body. */
export const toUnreadableFailure = (status: number, question: Question): ClusterFailure =>
  new ClusterFailure(
    'ServerError',
    `${toLead(question)}: the response is not from a Kubernetes API server; check the address in the kubeconfig.`,
    status,
  );

/**
 * The failure for a request without a response, built only from the error's name and system code. The request may or may not have taken
 * effect.
 */
export const toConnectionFailure = (error: unknown, question: Question): ClusterFailure => {
  if (error instanceof ClusterFailure) {
    return error;
  }
  return new ClusterFailure('Unreachable', `${toLead(question)}: ${toConnectionTrouble(error)}.`);
};

/** The failure for credentials that cannot be loaded; `why` without a full stop. A plugin's output may contain secrets: none of it is in `why`. */
export const toCredentialFailure = (
  question: Question,
  why = 'check its files, and what provides its credentials',
): ClusterFailure =>
  new ClusterFailure('Unreachable', `${toLead(question)}: the kubeconfig's credentials cannot be loaded; ${why}.`);

const toLead = (question: Question): string => `Could not ${question.purpose} in cluster "${question.cluster}"`;

const toConnectionTrouble = (error: unknown): string => {
  const { name } = toErrorParts(error);
  if (name === 'TimeoutError') {
    return 'the API server did not respond in time; check that it is running and reachable';
  }
  if (name === 'AbortError') {
    return 'the request was cancelled before the response arrived';
  }
  const code = toSystemCode(error);
  return `the API server cannot be reached${code === '' ? '' : ` (${code})`}; check its address, the network and its certificate`;
};

/** E.g. `ECONNREFUSED`; undici nests it below one or two `cause`s. */
const toSystemCode = (error: unknown, depth = 0): string => {
  const { code, cause } = toErrorParts(error);
  if (typeof code === 'string' && /^[A-Z0-9_]{3,60}$/.test(code)) {
    return code;
  }
  return cause === undefined || depth > 3 ? '' : toSystemCode(cause, depth + 1);
};

interface ErrorParts {
  readonly name?: unknown;
  readonly code?: unknown;
  readonly cause?: unknown;
}

/** By shape, because a DOMException of another realm is not an instance of this realm's Error. */
const toErrorParts = (error: unknown): ErrorParts => (typeof error === 'object' && error !== null ? error : {});

import { ClusterFailure } from '../../ports/cluster-failure.ts';
import type { ClusterFailureReason } from '../../ports/cluster-failure.ts';
import { toStatus } from './wire.ts';
import type { Status } from './wire.ts';

/** Answer of an API server, read to its end. */
export interface ApiAnswer {
  readonly status: number;
  readonly body: string;
  readonly retryAfterSeconds?: number;
}

/** What was asked, for the sentence: `purpose` follows "Could not", e.g. `read node "n1"`. */
export interface Question {
  readonly cluster: string;
  readonly purpose: string;
}

/** Written by the API server's admission chain in front of the webhook's or policy's own words, with whatever status those chose. */
const ADMISSION_DENIAL = /admission webhook ".*" denied the request|ValidatingAdmissionPolicy '.*' .*denied request/;

/** Written by the authorizer (apiserver `responsewriters.Forbidden`); other 403s come from admission plugins. */
const AUTHORIZER_DENIAL = /\bcannot \w+ (resource|path) /;

/** An admission webhook or policy refused the object; a webhook that could not be called is a server error instead. */
export const isAdmissionDenial = (status: Status | undefined): boolean =>
  status !== undefined && ADMISSION_DENIAL.test(status.message);

/** A right is missing. A 403 without a Status comes from something in front of the API server: equally final. */
export const isMissingRight = (status: Status | undefined): boolean =>
  status === undefined || AUTHORIZER_DENIAL.test(status.message);

/** True for "no such object"; a 404 without that Status is a wrong address or an unknown kind. */
export const isObjectMissing = (answer: ApiAnswer): boolean =>
  answer.status === 404 && toStatus(answer.body)?.reason === 'NotFound';

/** Seconds to wait as the server asks: the `Retry-After` header, else the Status' own number. */
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
  if (answer.status === 403) {
    return isMissingRight(status) ? 'Forbidden' : 'Denied';
  }
  if (status?.reason === 'AlreadyExists') {
    return 'AlreadyExists';
  }
  if (isConflict(answer, status)) {
    return 'Conflict';
  }
  return isBareNotFound(answer, status) ? 'ServerError' : (REASON_BY_STATUS[answer.status] ?? 'ServerError');
};

/** Not about an object: a proxy, or an API server that does not serve the path yet. */
const isBareNotFound = (answer: ApiAnswer, status: Status | undefined): boolean =>
  answer.status === 404 && status === undefined;

/** A patch that names another UID is answered with 422, "metadata.uid: field is immutable", where every other precondition gives 409. */
const isConflict = (answer: ApiAnswer, status: Status | undefined): boolean =>
  answer.status === 409 || (status?.causes.some(({ field }) => field === 'metadata.uid') ?? false);

const EXPLANATIONS: Readonly<Record<ClusterFailureReason, string>> = {
  Unreachable: 'the API server gave no answer',
  ServerError: 'the API server answered with an error; try again, and look at its log if that goes on',
  Throttled: 'the API server is busy and asks to come back later',
  Conflict: 'the object has changed since it was read, or is another one of that name',
  AlreadyExists: 'the name is taken',
  NotFound: 'there is no such object',
  Forbidden: 'the right is missing; bind the ClusterRole of deploy/rbac.yaml, or add what the message names',
  Unauthorized:
    'the API server does not accept the credentials; renew those of the kubeconfig or ServiceAccount if that goes on',
  Denied: 'an admission webhook or policy refuses; ask the owner whom the message names',
  Invalid: 'the API server does not accept the request',
};

/**
 * The failure for an answer that is not a success. The message is our sentence, followed by the Status' message when the body is one:
 * never headers, never any other body.
 */
export const toClusterFailure = (answer: ApiAnswer, question: Question): ClusterFailure => {
  const status = toStatus(answer.body);
  const reason = toReason(answer, status);
  const detail = status === undefined || status.message === '' ? '' : ` It says: ${status.message}`;
  return new ClusterFailure(
    reason,
    `${toLead(question)}: ${EXPLANATIONS[reason]} (status ${answer.status}).${detail}`,
    answer.status,
    toRetryAfterSeconds(answer, status),
  );
};

/** The failure for a success whose body we cannot read. */
export const toUnreadableFailure = (status: number, question: Question): ClusterFailure =>
  new ClusterFailure(
    'ServerError',
    `${toLead(question)}: the answer is not what a Kubernetes API server gives; check the address in the kubeconfig.`,
    status,
  );

/**
 * The failure for a request without an answer, made from the error's kind and system code alone. The call may or may not have been
 * carried out.
 */
export const toConnectionFailure = (error: unknown, question: Question): ClusterFailure => {
  if (error instanceof ClusterFailure) {
    return error;
  }
  return new ClusterFailure('Unreachable', `${toLead(question)}: ${toConnectionTrouble(error)}.`);
};

/** The failure for credentials that could not be made ready. A plugin's own output may hold secrets, so none of it is kept. */
export const toCredentialFailure = (question: Question): ClusterFailure =>
  new ClusterFailure(
    'Unreachable',
    `${toLead(question)}: the kubeconfig's credentials cannot be loaded; check its files, or run its exec plugin by hand.`,
  );

const toLead = (question: Question): string => `Could not ${question.purpose} in cluster "${question.cluster}"`;

const toConnectionTrouble = (error: unknown): string => {
  const { name } = toErrorParts(error);
  if (name === 'TimeoutError') {
    return 'the API server did not answer in time; check that it is up and reachable';
  }
  if (name === 'AbortError') {
    return 'the call was cancelled before the answer came';
  }
  const code = toSystemCode(error);
  return `the API server cannot be reached${code === '' ? '' : ` (${code})`}; check its address, the network and its certificate`;
};

/** E.g. `ECONNREFUSED`; undici puts it below one or two `cause`s. */
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

/** By shape, since a DOMException of another realm is no instance of this realm's Error. */
const toErrorParts = (error: unknown): ErrorParts => (typeof error === 'object' && error !== null ? error : {});

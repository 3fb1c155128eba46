import type { EvictionAnswer } from '../ports/cluster.ts';
import {
  isAdmissionDenial,
  isMissingRight,
  isNamespaceTerminating,
  isObjectMissing,
  toRetryAfterSeconds,
} from './transport/api-failure.ts';
import type { ApiAnswer } from './transport/api-failure.ts';
import { isObject, toShortText, toStatus } from './transport/wire.ts';
import type { Status } from './transport/wire.ts';

/**
 * Reads the API server's response to `POST pods/eviction`: by status, by cause type and, where Kubernetes provides nothing better, by
 * message text (k/k `pkg/registry/core/pod/storage/eviction.go`).
 */
export const toEvictionAnswer = (answer: ApiAnswer): EvictionAnswer => {
  if (answer.status >= 200 && answer.status < 300) {
    return toSuccess(answer);
  }
  const status = toStatus(answer.body);
  if (answer.status === 429) {
    return toTooManyRequests(answer, status);
  }
  if (isAdmissionDenial(status)) {
    return { kind: 'denied', message: toMessage(answer, status) };
  }
  return toRefusal(answer, status);
};

/** A proxy in front of the API server may answer with a page of its own. */
const toSuccess = ({ status, body }: ApiAnswer): EvictionAnswer =>
  isObject(body)
    ? { kind: 'accepted' }
    : { kind: 'unknown', message: `The response with status ${status} is not from a Kubernetes API server.` };

const toTooManyRequests = (answer: ApiAnswer, status: Status | undefined): EvictionAnswer => {
  const wait = toWait(answer, status);
  const budget = status?.causes.find((cause) => cause.type === 'DisruptionBudget');
  if (budget !== undefined) {
    return { kind: 'blockedByBudget', message: budget.message || toMessage(answer, status), ...wait };
  }
  return { kind: 'throttled', message: toMessage(answer, status), ...wait };
};

const toRefusal = (answer: ApiAnswer, status: Status | undefined): EvictionAnswer => {
  const message = toMessage(answer, status);
  switch (answer.status) {
    case 403:
      return toForbidden(message, status);
    case 404:
      return isObjectMissing(answer) ? { kind: 'gone' } : { kind: 'serverError', message };
    case 409:
      return isUidConflict(status) ? { kind: 'otherUid' } : { kind: 'serverError', message, ...toWait(answer, status) };
    case 401:
      return { kind: 'unauthorized', message };
    default:
      return toOther(answer, status, message);
  }
};

const toForbidden = (message: string, status: Status | undefined): EvictionAnswer => {
  if (isNamespaceTerminating(status)) return { kind: 'namespaceTerminating', message };
  // More than 2000 unconfirmed disruptions, or a negative count: the disruption controller resolves both.
  if (status?.message.startsWith('poddisruptionbudget') === true) {
    return { kind: 'blockedByBudget', message };
  }
  return isMissingRight(status) ? { kind: 'forbidden', message } : { kind: 'denied', message };
};

const toOther = (answer: ApiAnswer, status: Status | undefined, message: string): EvictionAnswer => {
  if (answer.status < 500) {
    return { kind: 'invalid', message };
  }
  // The message is the only indication: there is no reason and no cause (k/k issue 75957).
  if (status?.message.includes('more than one PodDisruptionBudget') === true) {
    return { kind: 'multipleBudgets', message };
  }
  return { kind: 'serverError', message, ...toWait(answer, status) };
};

/** A UID conflict, by the message text of the API server's storage; other conflicts are internal to it and transient. */
const isUidConflict = (status: Status | undefined): boolean =>
  status !== undefined && /UID in (the )?precondition|deleted and then recreated/.test(status.message);

const toWait = (answer: ApiAnswer, status: Status | undefined): { readonly retryAfterSeconds?: number } => {
  const retryAfterSeconds = toRetryAfterSeconds(answer, status);
  return retryAfterSeconds === undefined ? {} : { retryAfterSeconds };
};

const toMessage = (answer: ApiAnswer, status: Status | undefined): string =>
  status === undefined || status.message === ''
    ? `The API server returned status ${answer.status} without a message.`
    : toShortText(status.message);

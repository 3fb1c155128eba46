import type { CreationAnswer } from '../domain/preflight/creation-trial.ts';
import type { ApiCall, ApiClient } from './transport/api-client.ts';
import {
  isAdmissionDenial,
  isMissingRight,
  isNamespaceTerminating,
  toClusterFailure,
  toConnectionFailure,
  toUnreadableFailure,
} from './transport/api-failure.ts';
import type { ApiAnswer, Question } from './transport/api-failure.ts';
import { isObject, toStatus } from './transport/wire.ts';

/** Written by the quota's admission plugin (apiserver `resourcequota/controller.go`); other texts of it are no lack of room. */
const EXCEEDED_QUOTA = /\bexceeded quota: /;

/**
 * The response to a dry run of a creation, for the domain. An admission plugin answers with 403, as the authorizer does; a webhook that does
 * not support dry runs is answered with 400, one that could not be called with 500: both mean unknown.
 */
export const toCreationAnswer = (answer: ApiAnswer, question: Question): CreationAnswer => {
  if (answer.status >= 200 && answer.status < 300) {
    return isObject(answer.body)
      ? { kind: 'admitted' }
      : { kind: 'unknown', message: toUnreadableFailure(answer.status, question).message };
  }
  const status = toStatus(answer.body);
  if (isNamespaceTerminating(status)) return { kind: 'namespaceTerminating' };
  const isDenied = answer.status === 403 && !isMissingRight(status);
  if (status === undefined || !(isDenied || isAdmissionDenial(status))) {
    return { kind: 'unknown', message: toClusterFailure(answer, question).message };
  }
  const { message } = status;
  return EXCEEDED_QUOTA.test(message) ? { kind: 'overQuota', message } : { kind: 'denied', message };
};

/** Creates the object as a server-side dry run, which stores nothing. `ask` may read first; whatever it throws means unknown. */
export const tryCreation = async (
  client: ApiClient,
  { path, purpose }: Pick<ApiCall, 'path' | 'purpose'>,
  ask: (create: (body: object) => Promise<CreationAnswer>) => Promise<CreationAnswer>,
): Promise<CreationAnswer> => {
  const question = client.toQuestion({ purpose });
  const create = async (body: object): Promise<CreationAnswer> =>
    toCreationAnswer(await client.send({ method: 'POST', path, purpose, query: { dryRun: 'All' }, body }), question);
  try {
    return await ask(create);
  } catch (error) {
    return { kind: 'unknown', message: toConnectionFailure(error, question).message };
  }
};

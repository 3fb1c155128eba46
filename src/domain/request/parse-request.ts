import { toMoreText } from '../text/counts.ts';
import type { DecommissionRequest } from './decommission-request.ts';
import { checkKeepPods } from './read-keep-pods.ts';
import { readRequestFields } from './read-request-fields.ts';
import { REQUEST_DEFAULTS } from './defaults.ts';
import { toRequestFingerprint } from './fingerprint.ts';
import { withoutSpelledNones } from './none.ts';
import { readRequestObject } from './request-object.ts';
import type { RequestProblem } from './field.ts';
import { toCanonicalKey } from './keys.ts';
import { toDefaultTaskId, toTaskId } from './task-id.ts';

const MAXIMUM_LISTED = 5;

export type ParsedRequest =
  | { readonly kind: 'valid'; readonly request: DecommissionRequest; readonly fingerprint: string }
  /** At least one problem. */
  | { readonly kind: 'invalid'; readonly problems: readonly RequestProblem[] };

const MISSING_NODE_NAMES: RequestProblem = {
  key: 'nodeNames',
  message: '`nodeNames` is missing; name the nodes to decommission, for example `"nodeNames": ["node-1"]`',
};

/**
 * Checks a request from any client (any JSON value, or none) and returns it in canonical form with all defaults, and with its
 * fingerprint. Never throws and changes nothing; the README has the table of keys. A request for something that this version does not
 * implement is also invalid.
 */
export const parseRequest = (input: unknown): ParsedRequest => {
  const object = readRequestObject(input);
  if (!object.ok) {
    return { kind: 'invalid', problems: [{ key: '', message: object.complaint }] };
  }
  const { fields, problems: fieldProblems } = readRequestFields(object.value);
  const settings = { ...REQUEST_DEFAULTS, ...fields };
  const faultyKeys = new Set(fieldProblems.map(({ key }) => toCanonicalKey(key)));
  const problems = [
    ...fieldProblems,
    ...(fields.nodeNames === undefined && !faultyKeys.has('nodeNames') ? [MISSING_NODE_NAMES] : []),
    ...checkKeepPods(settings),
  ];
  if (problems.length > 0 || fields.nodeNames === undefined) {
    return { kind: 'invalid', problems };
  }
  const request = withoutSpelledNones({
    ...settings,
    nodeNames: fields.nodeNames,
    taskId: fields.taskId === undefined ? toDefaultTaskId(settings.cluster, fields.nodeNames) : toTaskId(fields.taskId),
    maxUnavailableGiven: fields.maxUnavailable !== undefined,
  });
  return { kind: 'valid', request, fingerprint: toRequestFingerprint(request) };
};

/** The message for the caller of an invalid request: one paragraph with the first five problems and the number of others. */
export const toInvalidInputMessage = (problems: readonly RequestProblem[]): string => {
  const listed = problems.slice(0, MAXIMUM_LISTED).map(({ message }) => message);
  const numbered = listed.length === 1 ? listed : listed.map((message, index) => `(${index + 1}) ${message}`);
  const more = toMoreText(problems.length, listed.length);
  const parts = more === '' ? numbered : [...numbered, more];
  return `The request is invalid, and nothing was changed: ${parts.join('; ')}`;
};

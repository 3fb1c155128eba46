import type { z } from 'zod';
import { toEditDistance } from '../domain/request/nearest-key.ts';
import { toKnownKeys } from './configuration-schema.ts';

type Issue = z.core.$ZodIssue;

const TYPE_NAMES: Readonly<Record<string, string>> = {
  object: 'an object',
  record: 'an object',
  array: 'a list',
  int: 'a whole number',
  number: 'a number',
  string: 'text',
  boolean: 'true or false',
};

/** Full sentences about one zod issue: where it is, what is wrong, what is allowed. Never quotes the value: it may be a secret. */
export const describeIssue = (issue: Issue): readonly string[] => {
  const place = issue.path.length === 0 ? 'The file' : `\`${issue.path.map(String).join('.')}\``;
  return issue.code === 'unrecognized_keys'
    ? issue.keys.map((key) => describeUnknownKey(key, issue.path))
    : [`${place} ${describeFault(issue)}.`];
};

const describeFault = (issue: Exclude<Issue, { code: 'unrecognized_keys' }>): string => {
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${TYPE_NAMES[issue.expected] ?? issue.expected}`;
    case 'too_small':
      return ['string', 'array'].includes(issue.origin)
        ? 'must not be empty'
        : `must be at least ${String(issue.minimum)}`;
    case 'too_big':
      return `must be at most ${String(issue.maximum)}`;
    case 'invalid_key':
      return 'must be a cluster name: 1 to 100 letters, digits, "-", "_", ".", ":" and "@", starting with a letter or digit';
    default:
      return issue.message;
  }
};

const describeUnknownKey = (key: string, path: readonly PropertyKey[]): string => {
  const known = toKnownKeys(path);
  const nearest = known.toSorted(
    (one, other) =>
      toEditDistance(toCompared(key), toCompared(one)) - toEditDistance(toCompared(key), toCompared(other)),
  )[0];
  const full = [...path, key].map(String).join('.');
  return `\`${full}\` is not a setting; the closest one is \`${nearest ?? ''}\`. Valid settings: ${known.join(', ')}.`;
};

/** Ignores case, `_` and `-`, the most common differences in spelling. */
const toCompared = (key: string): string =>
  key
    .slice(0, 60)
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '');
